package cloud.stasis.gateway.saga;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Does one thing again and again, on a thread of its own: whenever a pause is over, and at once when it is woken. A
/// failure ends neither the thread nor the log: the first of several is told.
public final class Ticker {
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);
    private static final Logger LOG = Logger.getLogger(Ticker.class);

    private final Duration pause;
    private final Runnable task;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread;

    /// @param name of the thread
    public Ticker(String name, Duration pause, Runnable task) {
        this.pause = pause;
        this.task = task;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::loop);
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
                if (woken.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    woken.drainPermits();
                }
                task.run();
                inTrouble = false;
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!inTrouble) {
                    LOG.warnf(e, "Failed, trying on thread=%s", thread.getName());
                }
                inTrouble = true;
            }
        }
    }
}
