package cloud.stasis.gateway.policy;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Lets the runner look every few seconds, on a thread of its own. Each gateway has one.
public final class PolicyTimer {
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);
    private static final Logger LOG = Logger.getLogger(PolicyTimer.class);

    private final PolicyRunner runner;
    private final Clock clock;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("policy-timer").unstarted(this::loop);

    public PolicyTimer(PolicyRunner runner, Clock clock) {
        this.runner = runner;
        this.clock = clock;
    }

    public void start() {
        thread.start();
    }

    /// There is something to do now.
    public void wake() {
        woken.release();
    }

    /// Returns when its thread has ended.
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(CLOSE_DEADLINE);
    }

    private void loop() {
        boolean inTrouble = false;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (woken.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    woken.drainPermits();
                }
                runner.look(clock.instant());
                inTrouble = false;
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!inTrouble) {
                    LOG.warn("Policies could not be looked at, trying on", e);
                }
                inTrouble = true;
            }
        }
    }
}
