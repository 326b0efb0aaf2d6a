package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The stored snapshots of volumes. Changes must be made within a transaction, to a row that it has locked. Who locks
/// a volume too locks the volume first.
public interface VolumeSnapshots {
    /// Any project's, unless it is deleted.
    Optional<VolumeSnapshot> find(SnapshotId snapshot);

    Optional<VolumeSnapshot> lock(SnapshotId snapshot);

    /// Those of one volume, locked.
    List<VolumeSnapshot> lockAllOf(VolumeId volume);

    /// Those of one snapshot of a group.
    List<VolumeSnapshot> of(UUID groupSnapshot);

    /// All of one volume, to look at.
    List<VolumeSnapshot> of(VolumeId volume);

    void add(VolumeSnapshot snapshot);

    void save(VolumeSnapshot snapshot);

    List<VolumeSnapshot> list(Listing listing);

    /// @throws StasisException `SNAPSHOT_NOT_FOUND` also if it is somebody else's
    default VolumeSnapshot visible(Caller caller, SnapshotId snapshot) {
        return find(snapshot).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(snapshot));
    }

    default VolumeSnapshot lockVisible(Caller caller, SnapshotId snapshot) {
        return lock(snapshot).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(snapshot));
    }

    private static boolean isVisible(Caller caller, VolumeSnapshot snapshot) {
        return caller.isAdmin() || snapshot.project().equals(caller.project());
    }

    private static StasisException notFound(SnapshotId snapshot) {
        return new StasisException(ErrorCode.SNAPSHOT_NOT_FOUND, "Snapshot " + snapshot + " could not be found.");
    }
}
