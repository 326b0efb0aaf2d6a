package cloud.stasis.image.bundle;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.upload.ContainerFormat;
import cloud.stasis.image.upload.DiskFormat;
import cloud.stasis.image.upload.ImageUpload;
import cloud.stasis.image.upload.Incoming;
import cloud.stasis.image.upload.UploadedImage;
import cloud.stasis.image.upload.WebSource;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.Optional;

/// Takes in images from other places: streamed into the store as they come, and nowhere else. What breaks off leaves
/// blobs that nothing names.
public final class ImageImports {
    private final Repository repository;
    private final ImageUpload uploads;
    private final WebSource web;
    private final Duration deadline;

    /// @param deadline of one download
    public ImageImports(Repository repository, ImageUpload uploads, WebSource web, Duration deadline) {
        this.repository = repository;
        this.uploads = uploads;
        this.web = web;
        this.deadline = deadline;
    }

    /// @throws StasisException as [WebSource#open] and [ImageUpload#take]
    public CommandResult.Imported run(ImageCommand.ImportImage order, CommandContext context) {
        Optional<CommandResult.Imported> done =
                repository.reference(order.reference()).map(this::imported);
        if (done.isPresent()) {
            // Before the process could say so.
            return done.get();
        }
        try (WebSource.Download download = web.open(order.source())) {
            ByteCount size = download.size().orElse(ByteCount.ZERO);
            if (size.compareTo(order.most()) > 0) {
                throw tooLarge(order.most());
            }
            UploadedImage image = uploads.take(
                    new ImageUpload.Request(
                            new ImageId(order.reference().id()),
                            DiskFormat.parse(order.diskFormat()),
                            ContainerFormat.parse(order.containerFormat()),
                            order.metadata()),
                    new Watched(download, size, order.most(), context));
            return new CommandResult.Imported(
                    image.size(), image.virtualSize(), image.md5(), image.sha512(), image.parts());
        }
    }

    private CommandResult.Imported imported(Reference reference) {
        Manifest manifest = repository.manifest(reference.manifest());
        ByteCount file = manifest.parts().stream()
                .filter(Part.File.class::isInstance)
                .map(part -> part.content().size())
                .findFirst()
                .orElse(ByteCount.ZERO);
        ByteCount disk = manifest.parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(part -> part.content().size())
                .findFirst()
                .orElse(file);
        return new CommandResult.Imported(
                file,
                disk,
                manifest.metadata().getOrDefault("checksum", ""),
                manifest.metadata().getOrDefault("os_hash_value", ""),
                manifest.parts());
    }

    private static StasisException tooLarge(ByteCount most) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "the file has more than " + most.bytes() + " bytes");
    }

    /// A download that ends when it is too large, takes too long, or nobody wants it any more.
    private final class Watched implements Incoming {
        private final Incoming download;
        private final ByteCount size;
        private final ByteCount most;
        private final CommandContext context;
        private final long begin = System.nanoTime();
        private long came;

        Watched(Incoming download, ByteCount size, ByteCount most, CommandContext context) {
            this.download = download;
            this.size = size;
            this.most = most;
            this.context = context;
        }

        @Override
        public int read(byte[] into, int at, int length) {
            context.checkCancelled();
            if (System.nanoTime() - begin > deadline.toNanos()) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST, "the file did not come within " + deadline.toMinutes() + " minutes");
            }
            int count = download.read(into, at, length);
            came += Math.max(count, 0);
            if (came > most.bytes()) {
                throw tooLarge(most);
            }
            ByteCount done = ByteCount.ofBytes(came);
            context.progress(Phase.UPLOADING, done, size.compareTo(done) < 0 ? done : size);
            return count;
        }
    }
}
