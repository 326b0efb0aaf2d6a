package cloud.stasis.gateway.http.snapshot;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The outer bodies of the snapshot API.
final class Replies {
    private Replies() {}

    public record OneJob(JobView job) {}

    /// @param next path of the next page, if there is one
    public record ManyJobs(
            List<JobView> jobs,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String next) {}

    public record OneSnapshot(SnapshotView snapshot) {}

    /// @param next path of the next page, if there is one
    public record ManySnapshots(
            List<SnapshotView> snapshots,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String next) {}

    public record OneTree(TreeView tree) {}

    public record OneVerdict(VerdictView verdict) {}

    public record OnePolicy(PolicyView policy) {}

    public record ManyPolicies(List<PolicyView> policies) {}

    public record ManyResults(List<PolicyView.ResultView> results) {}

    public record OneProtection(ProtectionView protection) {}

    public record ManyProtections(List<ProtectionView> protections) {}

    public record OneStateBackup(
            @JsonProperty("state_backup") StateBackupView stateBackup) {}

    public record StateBackupList(
            @JsonProperty("state_backups") List<StateBackupView> stateBackups) {}

    public record OneDeletion(DeletionView deletion) {}

    /// What was begun.
    public record Begun(SnapshotView snapshot, JobView job) {}

    /// What was begun with several servers.
    public record BegunInstant(InstantView instant, JobView job) {}

    /// One for each server.
    public record AllJobs(List<JobView> jobs) {}

    public record OneInstant(InstantView instant) {}

    /// @param next path of the next page, if there is one
    public record ManyInstants(
            List<InstantView> instants,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String next) {}
}
