package cloud.stasis.compute.instance;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import java.util.List;

/// A known point of one disk: it differs from `content` at most in what was written since `checkpoint` and in
/// `before`.
///
/// @param order of its making, so that a late settlement does not put an older point in the place of a newer one
public record DiskPoint(DeviceName disk, long order, CheckpointName checkpoint, Content content, List<Extent> before) {
    public DiskPoint {
        before = List.copyOf(before);
    }
}
