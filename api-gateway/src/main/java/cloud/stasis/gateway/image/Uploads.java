package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/// Uploads of image data, each in three steps: begin, stream (with renewals), and end, well or badly.
///
/// Whatever happens in between, the image is either active with all its bytes or queued with none. An
/// upload that is broken off before its last byte was sent on has left nothing in the store and goes back
/// at once ([#abort]). One whose end is not known (its gateway died, the image service did not answer)
/// may have: it is left to [#endOverdue], which drops the reference first and queues the image a lease
/// later. Not at once, because commands travel slower than a retried upload, and a late drop would hit
/// the retry. What was staged and is not imported within a day goes the same way.
public final class Uploads {
    /// An upload that nobody has renewed for so long is dead. A live one renews four times as often.
    public static final Duration LEASE = Duration.ofSeconds(20);

    /// For so long what was staged waits to be imported.
    private static final Duration STAGED = Duration.ofHours(24);

    private final ImageTable table;
    private final ImageLibrary library;
    private final Outbox outbox;
    private final StorageQuota quota;
    private final Transactions transactions;
    private final ArchiveImport archives;
    private final Clock clock;

    public Uploads(
            ImageTable table,
            ImageLibrary library,
            Outbox outbox,
            StorageQuota quota,
            Transactions transactions,
            ArchiveImport archives,
            Clock clock) {
        this.table = table;
        this.library = library;
        this.outbox = outbox;
        this.quota = quota;
        this.transactions = transactions;
        this.archives = archives;
        this.clock = clock;
    }

    /// What an upload is for.
    public enum Way {
        /// The image is active when it has ended.
        UPLOAD,
        /// Its bytes wait in the store until they are imported.
        STAGE
    }

    /// One that may stream.
    public record Upload(
            ImageId image,
            UploadId id,
            ProjectId owner,
            String name,
            DiskFormat diskFormat,
            ContainerFormat containerFormat,
            ArchiveImport.Sender sender) {
        public String requestId() {
            return sender.requestId();
        }
    }

    /// @param expected as many bytes as will come; as many as come without a further word if it is not known
    /// @throws StasisException `WRONG_STATE` if the image is not queued, `INVALID_REQUEST` if its formats are not
    /// set, `QUOTA_EXCEEDED` if there is no room for it
    public Upload begin(Caller caller, ImageId id, ByteCount expected, Way way) {
        return transactions.call(() -> {
            ProjectId owner = library.visible(caller, id).owner();
            // Before the image is locked, and taken back with everything else if the image is no such one.
            quota.reserve(owner, ReferenceName.of(id), expected);
            Image image = library.lockedFor(ImageAction.UPLOAD, caller, id);
            if (!(image.state() instanceof ImageState.Queued queued)) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Image " + id + " has status '" + image.state().wireName()
                                + "'; data can be uploaded only while it is 'queued'.");
            }
            DiskFormat disk = image.details().diskFormat().orElseThrow(() -> unset("disk_format"));
            ContainerFormat container = image.details().containerFormat().orElseThrow(() -> unset("container_format"));
            Upload upload = new Upload(
                    id,
                    UploadId.random(),
                    image.owner(),
                    image.details().name(),
                    disk,
                    container,
                    new ArchiveImport.Sender(caller.user(), caller.requestId()));
            ImageState next =
                    switch (way) {
                        case UPLOAD -> queued.toSaving();
                        case STAGE -> queued.toUploading();
                    };
            table.change(image.in(next, clock.instant()));
            table.beginUpload(id, upload.id(), LEASE);
            return upload;
        });
    }

    /// More comes than was known.
    ///
    /// @param expected all together
    /// @throws StasisException `QUOTA_EXCEEDED` if there is no room for it
    public void expect(Upload upload, ByteCount expected) {
        transactions.run(() -> quota.reserve(upload.owner(), ReferenceName.of(upload.image()), expected));
    }

    /// @return false if the upload is over: the image was deleted, or it was taken for dead
    public boolean renew(Upload upload) {
        return transactions.call(() -> table.renewUpload(upload.image(), upload.id(), LEASE));
    }

    /// All bytes are in the store.
    ///
    /// @return false if the image was deleted meanwhile, or the upload taken for dead; the bytes are dropped then
    public boolean complete(Upload upload, ImageContent content) {
        return transactions.call(() -> {
            Optional<Image> image = table.lock(upload.image());
            if (image.isPresent() && table.endUpload(upload.image(), upload.id())) {
                return activated(image.get(), content, upload.sender());
            }
            if (!table.hasUpload(upload.image())) {
                drop(upload.image(), upload.requestId());
            }
            return false;
        });
    }

    /// It was broken off before its last byte was sent on. No effect if the upload is over already.
    public void abort(Upload upload) {
        transactions.call(() -> {
            Optional<Image> image = table.lock(upload.image());
            if (image.isPresent() && table.endUpload(upload.image(), upload.id())) {
                requeue(image.get());
            }
            return upload;
        });
    }

    /// Ends uploads that nobody carries any more. To be called at start and from time to time, by any gateway;
    /// harmless for those that live.
    ///
    /// @return how many images are queued again
    public int endOverdue() {
        return transactions.call(() -> {
            table.expireStaged(STAGED);
            int queued = 0;
            for (ImageTable.Overdue overdue : table.overdueUploads()) {
                if (overdue.dropped()) {
                    table.forgetUpload(overdue);
                    table.lock(overdue.image()).ifPresent(this::requeue);
                    queued++;
                } else {
                    drop(overdue.image(), "");
                    table.markDropped(overdue, LEASE);
                }
            }
            return queued;
        });
    }

    private boolean activated(Image image, ImageContent content, ArchiveImport.Sender sender) {
        return switch (image.state()) {
            case ImageState.Saving saving -> {
                Image active = image.in(saving.toActive(content), clock.instant());
                table.change(active);
                if (active.toRecord().isMachine()) {
                    archives.arrived(active.toRecord(), sender);
                }
                yield true;
            }
            case ImageState.Uploading uploading -> {
                table.change(image.in(uploading.toStaged(content), clock.instant()));
                yield true;
            }
            case ImageState.Queued _, ImageState.Importing _, ImageState.Active _, ImageState.Deactivated _ -> false;
        };
    }

    private void requeue(Image image) {
        Optional<ImageState> queued =
                switch (image.state()) {
                    case ImageState.Saving saving -> Optional.of(saving.toQueued());
                    case ImageState.Uploading uploading -> Optional.of(uploading.toQueued());
                    case ImageState.Queued _, ImageState.Importing _, ImageState.Active _, ImageState.Deactivated _ ->
                        Optional.empty();
                };
        queued.ifPresent(state -> {
            table.change(image.in(state, clock.instant()));
            quota.release(ReferenceName.of(image.id()));
        });
    }

    private void drop(ImageId id, String requestId) {
        outbox.send(
                outbox.imageTopic(),
                CommandId.random(),
                new ImageCommand.DropReference(ReferenceName.of(id)),
                requestId);
    }

    private static StasisException unset(String property) {
        return new StasisException(
                ErrorCode.INVALID_REQUEST, "Set " + property + " of the image before you upload its data.");
    }
}
