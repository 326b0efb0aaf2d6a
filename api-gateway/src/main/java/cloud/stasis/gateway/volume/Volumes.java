package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The stored volumes. Changes must be made within a transaction, to a row that it has locked.
public interface Volumes {
    /// Any project's, unless it is deleted.
    Optional<Volume> find(VolumeId volume);

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<Volume> lock(VolumeId volume);

    /// Those that any of these servers has, or is about to have, by server and device.
    List<Volume> of(Collection<InstanceId> instances);

    /// Those of one group.
    List<Volume> of(VolumeGroupId group);

    void add(Volume volume);

    void save(Volume volume);

    List<Volume> list(Listing listing);

    /// Whether another volume is being made of what it holds.
    boolean isBeingCopied(VolumeId volume);

    /// Whether a volume is being made of the snapshot.
    boolean isBeingCopied(SnapshotId snapshot);

    /// The caller's own, or any for an administrator.
    ///
    /// @throws StasisException `VOLUME_NOT_FOUND` also if it is somebody else's
    default Volume visible(Caller caller, VolumeId volume) {
        return find(volume).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(volume));
    }

    /// As [#visible], locked.
    default Volume lockVisible(Caller caller, VolumeId volume) {
        return lock(volume).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(volume));
    }

    private static boolean isVisible(Caller caller, Volume volume) {
        return caller.isAdmin() || volume.project().equals(caller.project());
    }

    private static StasisException notFound(VolumeId volume) {
        return new StasisException(ErrorCode.VOLUME_NOT_FOUND, "Volume " + volume + " could not be found.");
    }
}
