package cloud.stasis.gateway.volume;

import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.util.Optional;
import java.util.UUID;

/// What a new volume holds.
public sealed interface VolumeSource {
    record Blank() implements VolumeSource {}

    record OfVolume(VolumeId volume) implements VolumeSource {}

    record OfSnapshot(SnapshotId snapshot) implements VolumeSource {}

    record OfImage(ImageId image) implements VolumeSource {}

    record OfBackup(UUID backup) implements VolumeSource {}

    /// A disk of a server, as a snapshot of the server holds it.
    ///
    /// @param disk empty for the root disk
    record OfServerDisk(SnapshotId snapshot, Optional<DeviceName> disk) implements VolumeSource {}
}
