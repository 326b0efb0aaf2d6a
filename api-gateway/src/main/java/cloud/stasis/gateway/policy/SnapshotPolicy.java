package cloud.stasis.gateway.policy;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// One policy, as read from its row. It belongs to its project: it goes on when the user who made it has left.
///
/// @param next when it is due; empty while it is switched off
/// @param lastRun when it was due, or asked to run, for the last time
public record SnapshotPolicy(
        PolicyId id,
        ProjectId project,
        UserId user,
        Terms terms,
        Optional<Instant> next,
        Optional<Instant> lastRun,
        Instant createdAt,
        Instant updatedAt) {

    /// What its tenant says.
    ///
    /// @param zone of calendars, and of the days that retention counts
    public record Terms(String name, Target target, Product product, Timing timing, ZoneId zone, Retention retention) {
        /// Names of what is made of it are longer.
        public static final int MAX_NAME = 200;

        public Terms {
            if (name.isBlank() || name.length() > MAX_NAME) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid input: the name of a policy has 1 to " + MAX_NAME + " characters.");
            }
        }
    }

    public enum Standing {
        ON,
        OFF
    }

    public static SnapshotPolicy of(ProjectId project, UserId user, Terms terms, Standing standing, Instant now) {
        return new SnapshotPolicy(PolicyId.random(), project, user, terms, Optional.empty(), Optional.empty(), now, now)
                .on(terms, standing, now);
    }

    public Standing standing() {
        return next.isPresent() ? Standing.ON : Standing.OFF;
    }

    /// From now on; what was missed while it was off stays missed.
    SnapshotPolicy on(Terms changed, Standing standing, Instant now) {
        Optional<Instant> due = standing == Standing.ON
                ? Optional.of(changed.timing().next(now, createdAt, changed.zone()))
                : Optional.empty();
        return new SnapshotPolicy(id, project, user, changed, due, lastRun, createdAt, now);
    }

    /// It has run for all times up to now.
    SnapshotPolicy ran(Instant now) {
        return new SnapshotPolicy(
                id,
                project,
                user,
                terms,
                next.map(_ -> terms.timing().next(now, createdAt, terms.zone())),
                Optional.of(now),
                createdAt,
                updatedAt);
    }
}
