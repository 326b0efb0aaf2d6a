package cloud.stasis.gateway.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Moves rows from the outbox to the broker on a thread of its own, until it is closed. Why order is kept: see
/// the package description.
public final class Relay {
    /// A commit wakes the relay of its own gateway; this finds what a gateway that died has left.
    private static final Duration IDLE_WAIT = Duration.ofMillis(250);

    /// About as long as another relay's pass takes.
    private static final Duration ELSEWHERE_WAIT = Duration.ofMillis(5);

    private static final Duration TROUBLE_WAIT = Duration.ofSeconds(1);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);
    private static final Logger LOG = Logger.getLogger(Relay.class);

    private final OutboxQueue queue;
    private final CommandSender sender;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("outbox-relay").unstarted(this::loop);
    private volatile boolean closed;
    private boolean inTrouble;

    public Relay(OutboxQueue queue, CommandSender sender) {
        this.queue = queue;
        this.sender = sender;
    }

    public void start() {
        thread.start();
    }

    /// Something was committed.
    public void wake() {
        wakeUps.release();
    }

    /// Returns when its thread has ended.
    public void close() throws InterruptedException {
        closed = true;
        wake();
        thread.join(CLOSE_DEADLINE);
    }

    private void loop() {
        while (!closed) {
            try {
                Duration wait = pass();
                if (wait.isPositive()) {
                    wakeUps.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
                }
                wakeUps.drainPermits();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// Returns how long to wait before the next pass.
    private Duration pass() {
        try {
            return switch (queue.relay(this::inOrder)) {
                case EMPTY -> {
                    inTrouble = false;
                    yield IDLE_WAIT;
                }
                case WORKED -> inTrouble ? TROUBLE_WAIT : Duration.ZERO;
                case ELSEWHERE -> ELSEWHERE_WAIT;
            };
        } catch (RuntimeException e) {
            if (!inTrouble) {
                LOG.warn("The outbox could not be relayed, trying on", e);
            }
            inTrouble = true;
            return TROUBLE_WAIT;
        }
    }

    /// In waves with one row of each key: a row is sent only after the one before it has been acknowledged.
    private Collection<Long> inOrder(List<OutboxRow> rows) {
        List<Long> acknowledged = new ArrayList<>();
        List<OutboxRow> left = rows;
        while (!left.isEmpty()) {
            List<OutboxRow> wave = new ArrayList<>();
            List<OutboxRow> later = new ArrayList<>();
            Set<String> keys = new HashSet<>();
            for (OutboxRow row : left) {
                (keys.add(row.key()) ? wave : later).add(row);
            }
            Collection<Long> sent = sender.send(wave);
            acknowledged.addAll(sent);
            if (sent.size() < wave.size()) {
                LOG.warnf("The broker did not take commands, sending them again count=%s", wave.size() - sent.size());
                inTrouble = true;
                return acknowledged;
            }
            left = later;
        }
        inTrouble = false;
        return acknowledged;
    }
}
