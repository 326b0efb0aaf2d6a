package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.ByteCount;
import java.util.Optional;

/// What a tenant asks for when a volume is made.
///
/// @param size empty for that of the source
/// @param type empty for that of the source, if it has one
/// @param group that it is to belong to
public record NewVolume(
        Label label,
        VolumeSource source,
        Optional<ByteCount> size,
        Optional<VolumeTypeId> type,
        Optional<VolumeGroupId> group) {
    public static NewVolume blank(ByteCount size) {
        return of(new VolumeSource.Blank(), Optional.of(size));
    }

    public static NewVolume of(VolumeSource source, Optional<ByteCount> size) {
        return new NewVolume(Label.NONE, source, size, Optional.empty(), Optional.empty());
    }
}
