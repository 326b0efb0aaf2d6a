package cloud.stasis.gateway.image;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The images that captures fill, and all images as the rest of the gateway sees them.
public final class CapturedImages implements Images {
    /// For each cluster of 64 KiB there are eight bytes in one table and two in another.
    private static final int TABLES = 4096;

    private final ImageTable table;
    private final ImageLibrary library;
    private final Quotas quotas;
    private final StorageQuota quota;
    private final Clock clock;

    public CapturedImages(ImageTable table, ImageLibrary library, Quotas quotas, StorageQuota quota, Clock clock) {
        this.quotas = quotas;
        this.table = table;
        this.library = library;
        this.quota = quota;
        this.clock = clock;
    }

    @Override
    public Optional<ImageRecord> find(ImageId image) {
        return table.find(image).map(Image::toRecord);
    }

    @Override
    public Optional<ImageRecord> visibleTo(Caller caller, ImageId image) {
        return table.find(image)
                .filter(found -> library.isVisible(caller, found))
                .map(Image::toRecord);
    }

    @Override
    public void reserve(
            ImageId image,
            ProjectId owner,
            String name,
            Map<String, String> properties,
            MinimumSizes minimum,
            ByteCount content) {
        Instant now = clock.instant();
        ImageDetails details = new ImageDetails(
                name,
                false,
                Visibility.PRIVATE,
                false,
                Optional.empty(),
                Optional.empty(),
                minimum,
                List.of(),
                properties);
        quotas.require(owner, Map.of(Resource.IMAGES, 1L));
        table.add(new Image(image, owner, details, new ImageState.Queued(), now, now));
        quota.reserve(owner, ReferenceName.of(image), asFile(content));
    }

    /// Content as a qcow2, with its tables.
    private static ByteCount asFile(ByteCount content) {
        return content.isZero()
                ? content
                : content.plus(ByteCount.ofBytes(content.bytes() / TABLES)).plus(ByteCount.ofMib(1));
    }

    @Override
    public void saving(ImageId image) {
        table.lock(image).ifPresent(found -> {
            if (found.state() instanceof ImageState.Queued queued) {
                table.change(found.in(queued.toSaving(), clock.instant()));
            }
        });
    }

    @Override
    public boolean activate(ImageId image, Manifest manifest, ByteCount fileSize) {
        Optional<Image> found = table.lock(image);
        found.ifPresent(row -> fill(row, manifest, fileSize));
        return found.isPresent();
    }

    @Override
    public void checksums(ImageId image, String md5, String sha512) {
        Checksums known = new Checksums(md5, sha512);
        table.lock(image).ifPresent(found -> {
            switch (found.state()) {
                case ImageState.Active(ImageContent bytes) ->
                    table.change(found.in(new ImageState.Active(bytes.with(known)), found.updatedAt()));
                case ImageState.Deactivated(ImageContent bytes) ->
                    table.change(found.in(new ImageState.Deactivated(bytes.with(known)), found.updatedAt()));
                case ImageState.Queued _, ImageState.Saving _, ImageState.Uploading _, ImageState.Importing _ -> {}
            }
        });
    }

    @Override
    public void protect(ImageId image) {
        table.lock(image)
                .ifPresent(found -> table.change(found.with(found.details().protectedOne(), clock.instant())));
    }

    @Override
    public void abandon(ImageId image) {
        table.remove(image);
    }

    @Override
    public List<ImageId> rotate(ImageId backup, int keep) {
        Optional<Image> newest = table.find(backup);
        if (newest.isEmpty()) {
            return List.of();
        }
        Map<String, String> properties = newest.get().details().properties();
        Map<String, String> common = new TreeMap<>();
        BackupProperties.COMMON.forEach(name -> common.put(name, properties.getOrDefault(name, "")));
        List<ImageId> gone = table.ownedWith(newest.get().owner(), common).stream()
                .skip(keep)
                .filter(image -> !image.details().isProtected())
                .map(Image::id)
                .toList();
        gone.forEach(table::remove);
        return gone;
    }

    /// Repeatable: an image that is active already stays as it is.
    private void fill(Image image, Manifest manifest, ByteCount fileSize) {
        switch (image.state()) {
            case ImageState.Queued queued -> fill(image, queued.toSaving(), manifest, fileSize);
            case ImageState.Saving saving -> fill(image, saving, manifest, fileSize);
            case ImageState.Uploading _, ImageState.Importing _, ImageState.Active _, ImageState.Deactivated _ -> {}
        }
    }

    private void fill(Image image, ImageState.Saving saving, Manifest manifest, ByteCount fileSize) {
        Optional<ByteCount> virtualSize = manifest.parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(part -> part.content().size())
                .findFirst();
        ImageContent content = new ImageContent(fileSize, virtualSize, Optional.empty(), manifest.parts());
        ContainerFormat container =
                "ova".equals(manifest.metadata().get("container_format")) ? ContainerFormat.OVA : ContainerFormat.BARE;
        // What has no disk of its own, such as the image of a volume-backed machine, is nothing that could be a qcow2;
        // and what is downloaded as a file that was put beside the disk is the disk as it is.
        boolean asItIs =
                container == ContainerFormat.BARE && manifest.parts().stream().anyMatch(Part.File.class::isInstance);
        DiskFormat format = virtualSize.isPresent() && !asItIs ? DiskFormat.QCOW2 : DiskFormat.RAW;
        if (container == ContainerFormat.OVA
                && "vmdk".equals(manifest.metadata().get("disk_format"))) {
            // The form of its file follows from what is said of it.
            format = DiskFormat.VMDK;
        }
        table.change(image.with(image.details().with(format, container), clock.instant())
                .in(saving.toActive(content), clock.instant()));
    }
}
