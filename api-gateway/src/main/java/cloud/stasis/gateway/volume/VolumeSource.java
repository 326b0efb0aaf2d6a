package cloud.stasis.gateway.volume;

import cloud.stasis.model.ImageId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.util.UUID;

/// What a new volume holds.
public sealed interface VolumeSource {
    record Blank() implements VolumeSource {}

    record OfVolume(VolumeId volume) implements VolumeSource {}

    record OfSnapshot(SnapshotId snapshot) implements VolumeSource {}

    record OfImage(ImageId image) implements VolumeSource {}

    record OfBackup(UUID backup) implements VolumeSource {}
}
