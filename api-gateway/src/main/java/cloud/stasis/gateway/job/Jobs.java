package cloud.stasis.gateway.job;

import cloud.stasis.model.ImageId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Optional;

/// The stored jobs. Changes must be made within a transaction.
public interface Jobs {
    void add(Job job);

    void save(Job job);

    /// Any project's job.
    Optional<Job> find(JobId job);

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<Job> lock(JobId job);

    Optional<Job> named(ProjectId project, ClientToken token);

    /// Those that make this image and are not over.
    List<Job> making(ImageId image);

    /// The newest of a kind that succeeded, at most so many.
    List<Job> lastOf(ProjectId project, JobKind kind, int rows);

    /// Newest first.
    List<Job> list(JobQuery query);
}
