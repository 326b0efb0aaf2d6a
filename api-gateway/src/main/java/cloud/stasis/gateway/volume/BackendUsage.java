package cloud.stasis.gateway.volume;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import java.util.List;

/// Counts what projects have on a storage backend.
public interface BackendUsage {
    /// One row for each project that has something there.
    List<Row> of(BackendId backend);

    /// @param volumes together as large as
    /// @param volumeSize this
    record Row(ProjectId project, long volumes, ByteCount volumeSize, long snapshots, ByteCount snapshotSize) {}
}
