package cloud.stasis.compute.agent;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/// Takes notice of changes where it must not block, and tells them on a thread of its own. Changes of one
/// instance that come before they were told are told once: what is told is the state at that moment. So the queue
/// is never longer than the host has instances.
public final class StateTeller implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(StateTeller.class);

    /// While the bus is away.
    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(2);

    private final Consumer<InstanceId> tell;
    private final Set<InstanceId> changed = new LinkedHashSet<>();
    private final Thread thread;

    /// @param tell may block, and throw
    public StateTeller(Consumer<InstanceId> tell) {
        this.tell = tell;
        this.thread = Thread.ofPlatform().daemon().name("state-teller").start(this::run);
    }

    public void changed(InstanceId instance) {
        synchronized (changed) {
            changed.add(instance);
            changed.notifyAll();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                InstanceId next = take();
                try {
                    tell.accept(next);
                } catch (StasisException e) {
                    LOG.debugf(e, "A state is told later instanceId=%s", next);
                    changed(next);
                    Thread.sleep(TRY_AGAIN_AFTER);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private InstanceId take() throws InterruptedException {
        synchronized (changed) {
            while (changed.isEmpty()) {
                changed.wait();
            }
            InstanceId next = changed.iterator().next();
            changed.remove(next);
            return next;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
