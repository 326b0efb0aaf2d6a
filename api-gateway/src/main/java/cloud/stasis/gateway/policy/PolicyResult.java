package cloud.stasis.gateway.policy;

import cloud.stasis.model.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What came of one run of a policy for one server or volume.
///
/// @param at when the policy was due
/// @param target the server or volume
/// @param product the snapshot or backup, once it is begun
/// @param reason why it failed
/// @param nextLook nobody needs to look at it before
public record PolicyResult(
        UUID id,
        PolicyId policy,
        Instant at,
        UUID target,
        Stage stage,
        Optional<UUID> product,
        Optional<JobId> job,
        Optional<String> reason,
        Instant nextLook) {
    /// Characters of a reason that are kept.
    public static final int MAX_REASON = 500;

    /// The names are stored.
    public enum Stage {
        /// Its job could not begin yet.
        WAITING,
        BEGUN,
        DONE,
        FAILED,
        /// It was done, and is not kept any more.
        DROPPED
    }

    static PolicyResult waiting(PolicyId policy, UUID target, Instant at) {
        return new PolicyResult(
                UUID.randomUUID(),
                policy,
                at,
                target,
                Stage.WAITING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                at);
    }

    PolicyResult lookedAtAgainIn(Duration time, Instant now) {
        return new PolicyResult(id, policy, at, target, stage, product, job, reason, now.plus(time));
    }

    PolicyResult begun(UUID made, JobId by) {
        return new PolicyResult(
                id, policy, at, target, Stage.BEGUN, Optional.of(made), Optional.of(by), Optional.empty(), nextLook);
    }

    PolicyResult in(Stage next) {
        return new PolicyResult(id, policy, at, target, next, product, job, reason, nextLook);
    }

    PolicyResult failed(String why) {
        return new PolicyResult(
                id,
                policy,
                at,
                target,
                Stage.FAILED,
                product,
                job,
                Optional.of(why.substring(0, Math.min(why.length(), MAX_REASON))),
                nextLook);
    }
}
