package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.VolumeId;

/// What a storage backend is asked to do with one volume.
public sealed interface VolumeCommand extends Command {
    VolumeId volume();

    @Override
    default String key() {
        return volume().toString();
    }

    /// Makes a blank volume. Answered by [CommandResult.Completed].
    record CreateVolume(VolumeId volume, ByteCount size) implements VolumeCommand {}

    /// Removes a volume; succeeds if it is gone already. Answered by [CommandResult.Completed].
    record DeleteVolume(VolumeId volume) implements VolumeCommand {}
}
