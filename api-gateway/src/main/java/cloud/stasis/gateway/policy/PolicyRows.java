package cloud.stasis.gateway.policy;

import cloud.stasis.model.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The stored policies and their results. Changes must be made within a transaction, to a row that it has locked.
public interface PolicyRows {
    Optional<SnapshotPolicy> find(PolicyId policy);

    Optional<SnapshotPolicy> lock(PolicyId policy);

    /// Oldest first.
    List<SnapshotPolicy> of(ProjectId project);

    long count(ProjectId project);

    /// One that is due and that nobody else has locked, locked.
    Optional<SnapshotPolicy> lockDue(Instant now);

    void add(SnapshotPolicy policy);

    void save(SnapshotPolicy policy);

    /// With its results.
    void remove(PolicyId policy);

    void add(PolicyResult result);

    void save(PolicyResult result);

    Optional<PolicyResult> lockResult(UUID result);

    /// One that waits, is to be looked at, and that nobody else has locked, locked.
    Optional<PolicyResult> lockWaiting(Instant now);

    /// Begun ones, those first that were looked at least recently.
    List<PolicyResult> begun(int most);

    /// Whether an earlier run for this target is not over.
    boolean isOpen(PolicyId policy, UUID target, Instant since);

    /// Newest first.
    List<PolicyResult> results(PolicyId policy, int most);

    /// Those of one target that have made something that is still there, newest first.
    List<PolicyResult> made(PolicyId policy, UUID target);

    /// Forgets results of which nothing is there any more, but for the newest so many.
    void trim(PolicyId policy, int most);
}
