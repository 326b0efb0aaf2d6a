package cloud.stasis.compute.store;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.compute.machine.Machine;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.util.List;

/// The devices of a machine as a bundle keeps them. Whoever made the bundle, what comes out is a [Machine] and
/// nothing else.
public final class DeviceArchives {
    /// Records of 26 disks are 10 KiB.
    private static final ByteCount MAX_ARCHIVE = ByteCount.ofMib(1);

    private DeviceArchives() {}

    /// @throws StasisException `MALFORMED_OBJECT` if there is none, or it is not one
    public static Machine read(List<Part> parts, ContentStore store) {
        Content archive = parts.stream()
                .filter(Part.DeviceArchive.class::isInstance)
                .map(Part::content)
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "the snapshot has no device archive and cannot be reverted to"));
        try {
            return MessageCodec.mapper().readValue(store.small(archive, MAX_ARCHIVE), Machine.class);
        } catch (IOException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the device archive cannot be understood", e);
        }
    }
}
