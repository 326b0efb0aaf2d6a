package cloud.stasis.image.rim;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// What a store does for itself now and then, one thing after the other.
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Upkeep.class);

    /// A step that is at work is given so long to end when the service stops; it may be cut off anywhere.
    private static final Duration STOP = Duration.ofSeconds(2);

    private final ScheduledExecutorService thread;

    Upkeep(String name) {
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /// Does something now and then, for the first time when the interval has passed.
    ///
    /// @param interval zero for never
    void every(Duration interval, String what, Runnable work) {
        if (interval.isZero()) {
            LOG.infof("Switched off what=%s", what);
            return;
        }
        Runnable guarded = () -> {
            try {
                work.run();
            } catch (StasisException e) {
                if (e.code() == ErrorCode.TOO_BUSY) {
                    // As a rule another replica does it.
                    LOG.infof(
                            "Upkeep is left to later what=%s reason=%s",
                            what, e.report().message());
                    return;
                }
                LOG.errorf(e, "Upkeep failed and is tried again later what=%s code=%s", what, e.code());
            } catch (RuntimeException e) {
                LOG.errorf(e, "Upkeep failed unexpectedly what=%s", what);
            }
        };
        thread.scheduleWithFixedDelay(guarded, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The upkeep of the store is cut off; the next one goes on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
