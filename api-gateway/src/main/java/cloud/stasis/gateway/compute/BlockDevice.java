package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.VolumeId;

/// A disk that a tenant asks for beside the root disk.
public sealed interface BlockDevice {
    /// A blank volume, made with the server.
    record BlankVolume(ByteCount size, OnTermination onTermination) implements BlockDevice {}

    /// A blank disk that lives and dies with the server.
    record BlankDisk(ByteCount size) implements BlockDevice {}

    /// A volume that is there already.
    record ExistingVolume(VolumeId volume, OnTermination onTermination) implements BlockDevice {}
}
