package cloud.stasis.compute.capture;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/// Brings the pieces of one capture into the store and keeps the account of it.
final class Upload {
    private static final Logger LOG = Logger.getLogger(Upload.class);

    private final ContentStore store;
    private final CommandTransfer transfer;
    private final List<Receipt.Transfer> transfers = new ArrayList<>();

    Upload(ContentStore store, CommandTransfer transfer) {
        this.store = store;
        this.transfer = transfer;
    }

    /// Where a disk differs from something that the store has.
    ///
    /// @param reason why nothing was known, if nothing was; empty if something was
    record Difference(Content base, List<Extent> changed, String reason) {
        static Difference from(Content base, List<Extent> changed) {
            return new Difference(base, changed, "");
        }

        static Difference unknown(String reason, ContentSource disk, List<Extent> data) {
            return new Difference(new Content(IndexId.ZERO, disk.size()), data, reason);
        }
    }

    /// A known content may be gone from the store, when its image or snapshot was deleted and collected; then
    /// everything is read.
    ///
    /// @param data where the disk holds anything but zeros
    Content disk(String part, ContentSource disk, Difference difference, Supplier<List<Extent>> data) {
        try {
            return part(part, disk, difference);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.MISSING_OBJECT || !difference.reason().isEmpty()) {
                throw e;
            }
            LOG.infof("A known content is gone from the store, reading everything part=%s", part);
            return part(part, disk, Difference.unknown("what it builds on is gone from the store", disk, data.get()));
        }
    }

    /// Something of which the store has no former state.
    Content whole(String part, ContentSource source) {
        return whole(part, source, List.of(new Extent(0, source.size().bytes())));
    }

    /// @param data where it holds anything but zeros
    Content whole(String part, ContentSource source, List<Extent> data) {
        return part(part, source, Difference.unknown("it has no former state", source, data));
    }

    private Content part(String part, ContentSource source, Difference difference) {
        UploadResult result = store.upload(source, difference.base(), difference.changed(), transfer.next());
        transfers.add(new Receipt.Transfer(
                part,
                difference.reason().isEmpty() ? Receipt.Mode.INCREMENTAL : Receipt.Mode.FULL,
                difference.reason(),
                result.read(),
                result.sent(),
                result.shared(),
                result.took()));
        return result.content();
    }

    List<Receipt.Transfer> transfers() {
        return List.copyOf(transfers);
    }
}
