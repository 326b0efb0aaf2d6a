package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.image.Checksums;
import cloud.stasis.gateway.image.ContainerFormat;
import cloud.stasis.gateway.image.DiskFormat;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.gateway.image.ImageDetails;
import cloud.stasis.gateway.image.ImageState;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "image")
class ImageEntity {
    @Id
    @Column(length = 36, columnDefinition = "char(36)")
    String id = "";

    @Column(nullable = false, length = 64)
    String owner = "";

    @Column(nullable = false)
    String name = "";

    @Column(nullable = false, length = 16)
    String status = "";

    @Column(nullable = false, length = 16)
    String visibility = "";

    @Column(name = "protected", nullable = false)
    boolean isProtected;

    @Column(nullable = false)
    boolean hidden;

    @Column(name = "disk_format", nullable = false, length = 16)
    String diskFormat = "";

    @Column(name = "container_format", nullable = false, length = 16)
    String containerFormat = "";

    @Column(name = "min_disk", nullable = false)
    int minDisk;

    @Column(name = "min_ram", nullable = false)
    int minRam;

    @Column
    @Nullable
    Long size;

    @Column(name = "virtual_size")
    @Nullable
    Long virtualSize;

    @Column(nullable = false, length = 32)
    String md5 = "";

    @Column(nullable = false, length = 128)
    String sha512 = "";

    @Column(nullable = false, columnDefinition = "mediumtext")
    String parts = "[]";

    @Column(nullable = false, columnDefinition = "mediumtext")
    String properties = "{}";

    @Column(nullable = false, columnDefinition = "mediumtext")
    String tags = "[]";

    @Column(name = "created_at", nullable = false)
    Instant createdAt = Instant.EPOCH;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt = Instant.EPOCH;

    void take(Image image) {
        ImageDetails details = image.details();
        id = image.id().toString();
        owner = image.owner().value();
        name = details.name();
        visibility = details.visibility().wireName();
        isProtected = details.isProtected();
        hidden = details.isHidden();
        diskFormat = details.diskFormat().map(DiskFormat::wireName).orElse("");
        containerFormat =
                details.containerFormat().map(ContainerFormat::wireName).orElse("");
        minDisk = details.minimum().diskGib();
        minRam = details.minimum().ramMib();
        properties = JsonColumns.write(details.properties());
        tags = JsonColumns.write(details.tags());
        createdAt = image.createdAt();
        updatedAt = image.updatedAt();
        take(image.state());
    }

    Image toImage() {
        return new Image(ImageId.parse(id), new ProjectId(owner), details(), state(), createdAt, updatedAt);
    }

    private void take(ImageState state) {
        Optional<ImageContent> content = state.kept();
        Optional<Checksums> checksums = content.flatMap(ImageContent::checksums);
        status = state.wireName();
        size = content.map(bytes -> bytes.size().bytes()).orElse(null);
        virtualSize =
                content.flatMap(ImageContent::virtualSize).map(ByteCount::bytes).orElse(null);
        md5 = checksums.map(Checksums::md5).orElse("");
        sha512 = checksums.map(Checksums::sha512).orElse("");
        parts = content.map(bytes -> JsonColumns.writeParts(bytes.parts())).orElse("[]");
    }

    private ImageDetails details() {
        return new ImageDetails(
                name,
                isProtected,
                Visibility.of(visibility).orElse(Visibility.PRIVATE),
                hidden,
                DiskFormat.of(diskFormat),
                ContainerFormat.of(containerFormat),
                new Images.MinimumSizes(minDisk, minRam),
                JsonColumns.readTexts(tags),
                JsonColumns.readMap(properties));
    }

    private ImageState state() {
        return switch (status) {
            case "queued" -> new ImageState.Queued();
            case "saving" -> new ImageState.Saving();
            case "uploading" -> new ImageState.Uploading(staged());
            case "importing" -> new ImageState.Importing(staged());
            case "active" -> new ImageState.Active(content());
            case "deactivated" -> new ImageState.Deactivated(content());
            default -> throw new StasisException(ErrorCode.MALFORMED_OBJECT, "unknown image status " + status);
        };
    }

    private Optional<ImageContent> staged() {
        return size == null ? Optional.empty() : Optional.of(content());
    }

    private ImageContent content() {
        return new ImageContent(
                new ByteCount(size == null ? 0 : size),
                Optional.ofNullable(virtualSize).map(ByteCount::new),
                md5.isEmpty() ? Optional.empty() : Optional.of(new Checksums(md5, sha512)),
                JsonColumns.readParts(parts));
    }
}
