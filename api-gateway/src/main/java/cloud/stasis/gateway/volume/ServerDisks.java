package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.SnapshotId;
import java.util.Map;
import java.util.Optional;

/// Disks that snapshots of servers hold: all that volumes need to know of such snapshots.
public interface ServerDisks {
    /// @param content in the store
    /// @param image what is said of the image that the server was made of, if this is its root disk
    record ServerDisk(Content content, Map<String, String> image, boolean isRoot) {
        public ServerDisk {
            image = Map.copyOf(image);
        }
    }

    /// @param disk empty for the root disk
    /// @throws cloud.stasis.model.StasisException `SNAPSHOT_NOT_FOUND`; `WRONG_STATE` while it is made or deleted;
    /// `INVALID_REQUEST` if it has no such disk
    ServerDisk find(Caller caller, SnapshotId snapshot, Optional<DeviceName> disk);
}
