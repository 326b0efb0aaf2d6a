package cloud.stasis.gateway.job;

import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SnapshotId;
import java.util.Optional;

/// Which jobs to list.
///
/// @param after the last job of the page before
/// @param rows at most so many
public record JobQuery(
        ProjectId project,
        Optional<InstanceId> server,
        Optional<SnapshotId> snapshot,
        Optional<ImageId> image,
        Optional<JobId> after,
        int rows) {
    public static JobQuery ofServer(ProjectId project, InstanceId server, int rows) {
        return new JobQuery(project, Optional.of(server), Optional.empty(), Optional.empty(), Optional.empty(), rows);
    }
}
