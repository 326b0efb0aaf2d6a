package cloud.stasis.gateway.job;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.JobId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.Optional;

/// One job.
///
/// @param token by which its client named the request, if it did
/// @param requestId of the API request that made it
public record Job(
        JobId id,
        ProjectId project,
        UserId user,
        JobKind kind,
        JobSubject subject,
        JobState state,
        JobProgress progress,
        Optional<ClientToken> token,
        String requestId,
        Instant createdAt,
        Instant updatedAt) {

    /// A job that the caller asks for. It belongs to the project of its resource, which is not the caller's if an
    /// administrator asks.
    public static Job accepted(Caller caller, ProjectId project, JobKind kind, JobSubject subject, Instant now) {
        return accepted(caller.user(), caller.requestId(), project, kind, subject, now);
    }

    /// One that follows from what somebody asked for before.
    public static Job accepted(
            UserId user, String requestId, ProjectId project, JobKind kind, JobSubject subject, Instant now) {
        return new Job(
                JobId.random(),
                project,
                user,
                kind,
                subject,
                new JobState.Accepted(),
                JobProgress.none(now),
                Optional.empty(),
                requestId,
                now,
                now);
    }

    public Job named(Optional<ClientToken> clientToken) {
        return new Job(id, project, user, kind, subject, state, progress, clientToken, requestId, createdAt, updatedAt);
    }

    public Optional<Instant> finishedAt() {
        return state.isOver() ? Optional.of(updatedAt) : Optional.empty();
    }

    Job with(JobState next, JobProgress told, Instant now) {
        return new Job(id, project, user, kind, subject, next, told, token, requestId, createdAt, now);
    }
}
