package cloud.stasis.gateway.snapshot;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SnapshotId;
import java.util.Optional;

/// Which snapshots to list, newest first.
///
/// @param after the last snapshot of the page before
/// @param rows at most so many
public record SnapshotQuery(
        ProjectId project, Optional<InstanceId> server, Optional<String> name, Optional<SnapshotId> after, int rows) {}
