package cloud.stasis.gateway.state;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Looks from time to time whether a backup of the state is due. Several gateways may look: one takes it.
public final class StateSchedule {
    private static final Logger LOG = Logger.getLogger(StateSchedule.class);

    /// Often enough for intervals of an hour and more.
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private final StateBackups backups;
    private final Duration interval;
    private final ScheduledExecutorService thread;
    private final Clock clock;

    /// @param interval zero for none
    public StateSchedule(StateBackups backups, Duration interval, ScheduledExecutorService thread, Clock clock) {
        this.backups = backups;
        this.interval = interval;
        this.thread = thread;
        this.clock = clock;
    }

    public void start() {
        if (interval.isPositive()) {
            Instant since = clock.instant();
            thread.scheduleWithFixedDelay(
                    () -> look(since), LOOK_AGAIN.toSeconds(), LOOK_AGAIN.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /// A failure must not end the schedule.
    private void look(Instant since) {
        try {
            backups.takeIfDue(interval, since);
        } catch (RuntimeException e) {
            LOG.warn("The schedule of state backups cannot be looked at, trying on", e);
        }
    }

    /// What is being dumped is cut off, as by a crash.
    public void close() {
        thread.shutdownNow();
    }
}
