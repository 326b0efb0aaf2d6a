package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.model.SnapshotId;
import java.util.Optional;

/// What an image without bytes of its own stands for: the snapshot of the volume that a server of it boots from. All
/// that volumes need to know of such images.
public interface ImageRoots {
    /// @throws cloud.stasis.model.StasisException `INVALID_REQUEST` if what the image says cannot be read
    Optional<SnapshotId> snapshotOf(ImageRecord image);
}
