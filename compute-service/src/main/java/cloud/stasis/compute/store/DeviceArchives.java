package cloud.stasis.compute.store;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.util.List;

/// The device archives of bundles.
public final class DeviceArchives {
    private DeviceArchives() {}

    /// @throws StasisException `MALFORMED_OBJECT` if there is none, or it is not one
    public static Machine read(List<Part> parts, ContentStore store) {
        Content archive = parts.stream()
                .filter(Part.DeviceArchive.class::isInstance)
                .map(Part::content)
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "the snapshot has no device archive and cannot be reverted to"));
        return read(archive, store);
    }

    /// @throws StasisException `MALFORMED_OBJECT` if it is not one
    public static Machine read(Content archive, ContentStore store) {
        return DeviceArchive.read(store.small(archive, DeviceArchive.MAX_SIZE));
    }
}
