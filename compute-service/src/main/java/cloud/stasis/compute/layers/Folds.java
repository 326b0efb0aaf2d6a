package cloud.stasis.compute.layers;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/// Folds layers beside commands, one instance at a time, and gives way: when a command for an instance
/// comes, the fold of that instance is given up, and begun again when no command for it is left.
///
/// ```
///  want ──> waits ──> folded ──> done
///             ^          │ a command comes: interrupted, as by a crash, from which a fold leaves nothing half done
///             ├──────────┤
///             └── later ─┘ it fails
/// ```
///
/// A fold that fails is tried again by itself, each time after twice as long, for some hours; after that with the next
/// one that is wanted.
///
/// What is wanted is not written down: an agent that starts wants it for every instance, and where there is
/// nothing to do that is cheap.
public final class Folds {
    private static final Logger LOG = Logger.getLogger(Folds.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(1);

    /// Some hours in all: what has not gone away by then needs somebody who looks at it.
    static final int RETRIES = 10;

    private final Predicate<InstanceId> fold;
    private final Executor executor;
    private final Later later;

    /// How often in a row the fold of an instance has failed.
    private final Map<InstanceId, Integer> failures = new HashMap<>();

    /// How many commands each instance has at this moment.
    private final Map<InstanceId, Integer> commands = new HashMap<>();

    private final Set<InstanceId> wanted = new LinkedHashSet<>();
    private Optional<Running> running = Optional.empty();

    private record Running(InstanceId instance, Thread thread) {}

    /// Does something after a while, if this process lives so long.
    public interface Later {
        Later NEVER = (_, _) -> {};

        void after(Duration delay, Runnable action);
    }

    /// @param fold whose thread may be interrupted; it tells whether nothing is left to do
    /// @param executor of one thread; if it is that of the caller, a fold is part of the command that made it
    /// worth while
    /// @param later when what failed is tried again
    public Folds(Predicate<InstanceId> fold, Executor executor, Later later) {
        this.fold = fold;
        this.executor = executor;
        this.later = later;
    }

    /// There may be something to fold. It begins when the last command for the instance is over.
    public void want(InstanceId instance) {
        synchronized (this) {
            failures.remove(instance);
        }
        again(instance);
    }

    private void again(InstanceId instance) {
        synchronized (this) {
            wanted.add(instance);
        }
        executor.execute(this::work);
    }

    /// A command for these begins. When this returns nothing is folded of them.
    public synchronized void giveWay(Collection<InstanceId> instances) {
        instances.forEach(instance -> commands.merge(instance, 1, Integer::sum));
        try {
            while (running.filter(now -> instances.contains(now.instance())).isPresent()) {
                running.get().thread().interrupt();
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            goOn(instances);
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while layers were folded", e);
        }
    }

    /// The command is over.
    public void over(Collection<InstanceId> instances) {
        goOn(instances);
        executor.execute(this::work);
    }

    private synchronized void goOn(Collection<InstanceId> instances) {
        instances.forEach(instance ->
                commands.computeIfPresent(instance, (known, count) -> count == 1 ? null : Integer.valueOf(count - 1)));
    }

    private void work() {
        Optional<InstanceId> next = begin();
        while (next.isPresent()) {
            boolean isDone = false;
            try {
                isDone = fold.test(next.get());
            } finally {
                end(next.get(), isDone);
            }
            next = begin();
        }
    }

    private synchronized Optional<InstanceId> begin() {
        Optional<InstanceId> next = wanted.stream()
                .filter(instance -> !commands.containsKey(instance))
                .findFirst();
        next.ifPresent(instance -> {
            wanted.remove(instance);
            running = Optional.of(new Running(instance, Thread.currentThread()));
        });
        return next;
    }

    /// Who interrupts holds the lock, so none comes late.
    private synchronized void end(InstanceId instance, boolean isDone) {
        running = Optional.empty();
        if (Thread.interrupted()) {
            wanted.add(instance);
        } else if (isDone) {
            failures.remove(instance);
        } else {
            tryLater(instance);
        }
        notifyAll();
    }

    private void tryLater(InstanceId instance) {
        int times = failures.merge(instance, 1, Integer::sum);
        if (times > RETRIES) {
            failures.remove(instance);
            LOG.errorf(
                    "Layers cannot be folded, which nobody tries again before the next snapshot instanceId=%s",
                    instance);
            return;
        }
        later.after(delay(times), () -> again(instance));
    }

    private static Duration delay(int times) {
        Duration doubled = FIRST_RETRY.multipliedBy(1L << (times - 1));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }
}
