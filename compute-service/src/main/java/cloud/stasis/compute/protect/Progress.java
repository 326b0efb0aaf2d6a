package cloud.stasis.compute.protect;

import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.messages.ProtectionStatus.Health;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far a protection has come at its source: what the standby has, what keeps it from having more, and waiting for
/// it. Safe on any thread.
final class Progress {
    /// What fails for so long when a protection begins is not waited for any more.
    private static final Duration HOPELESS_AFTER = Duration.ofMinutes(1);

    private static final Duration PULSE = Duration.ofMillis(200);

    /// While the instance stands still.
    private static final Duration SOON = Duration.ofMillis(5);

    private final ProtectedInstance instance;
    private final EpochSender sender;
    private volatile @Nullable String trouble;
    private volatile long wholeSince = Long.MAX_VALUE;

    Progress(ProtectedInstance instance, EpochSender sender) {
        this.instance = instance;
        this.sender = sender;
    }

    /// The standby has all of the instance once it has this epoch.
    void beginsWith(long epoch) {
        wholeSince = epoch;
    }

    void goesWell() {
        trouble = null;
    }

    /// @param why to be told to users until it goes well again
    void failed(String why) {
        trouble = why;
    }

    private Optional<String> trouble() {
        return Optional.ofNullable(trouble).or(sender::trouble);
    }

    /// Waits until the standby has the instance.
    ///
    /// @param pulse called now and then; what it throws is thrown
    /// @throws StasisException `STANDBY_UNAVAILABLE` after a minute of nothing but trouble; `WRONG_STATE` if it
    ///     cannot come any more
    void awaitWhole(Runnable pulse) {
        long wellAt = System.nanoTime();
        while (!isWhole()) {
            pulse.run();
            requireHope();
            Optional<String> why = trouble();
            if (why.isEmpty()) {
                wellAt = System.nanoTime();
            } else if (System.nanoTime() - wellAt > HOPELESS_AFTER.toNanos()) {
                throw new StasisException(
                        ErrorCode.STANDBY_UNAVAILABLE, "the instance could not be protected: " + why.get());
            }
            pauseFor(PULSE);
        }
    }

    private void requireHope() {
        if (sender.isRefused() || instance.isOff()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    sender.isRefused()
                            ? "the standby does not take epochs"
                            : "only an instance that is on is protected");
        }
    }

    /// @throws StasisException `STANDBY_UNAVAILABLE` if the standby does not have the epoch by then
    void awaitAcknowledged(long epoch, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (sender.acknowledged() < epoch) {
            if (System.nanoTime() > end || sender.isRefused()) {
                throw new StasisException(
                        ErrorCode.STANDBY_UNAVAILABLE, "the last epoch did not reach the standby in time");
            }
            pauseFor(SOON);
        }
    }

    private static void pauseFor(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while an epoch travels", e);
        }
    }

    private boolean isWhole() {
        return sender.acknowledged() >= wholeSince;
    }

    /// @param inForce from one epoch to the next
    /// @param paused how long one stops the guest
    ProtectionStatus status(Duration inForce, Duration paused) {
        Instant at = sender.acknowledgedAt();
        Health health = health(Duration.between(at, instance.now()).compareTo(sender.patience(inForce)) > 0);
        return new ProtectionStatus(
                instance.protection(),
                instance.id(),
                ProtectionStatus.Role.SOURCE,
                health,
                sender.acknowledged(),
                at,
                inForce,
                paused,
                ByteCount.ofBytes(sender.sent()),
                health == Health.PROTECTED ? Optional.empty() : trouble());
    }

    private Health health(boolean isLate) {
        if (sender.isRefused()) {
            return Health.BROKEN;
        }
        if (!isWhole() && !(sender.acknowledged() > 0 && isLate)) {
            return Health.SYNCING;
        }
        return isLate || !isWhole() ? Health.DEGRADED : Health.PROTECTED;
    }
}
