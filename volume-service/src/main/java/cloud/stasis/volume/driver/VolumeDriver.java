package cloud.stasis.volume.driver;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;

/// A backend that keeps volumes. Calls about one volume never overlap; calls about different volumes do.
public interface VolumeDriver {
    /// Makes a volume of zeros. Repeatable: a volume of that name and size that nobody has written to is as
    /// good as new. A crash leaves nothing that a second call or [#delete] does not put right.
    ///
    /// @throws StasisException `NO_SPACE`; `INVALID_REQUEST` for a size that the backend cannot have
    void create(VolumeId volume, ByteCount size);

    /// Removes a volume and everything that belongs to it. Succeeds if it is gone already.
    ///
    /// @throws StasisException `WRONG_STATE` while anything has it open for writing
    void delete(VolumeId volume);

    /// @throws StasisException `VOLUME_NOT_FOUND`
    ByteCount size(VolumeId volume);

    Space space();

    /// What the backend has in all, and what of it is free.
    record Space(ByteCount total, ByteCount free) {}
}
