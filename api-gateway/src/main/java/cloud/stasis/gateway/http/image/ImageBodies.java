package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.image.Checksums;
import cloud.stasis.gateway.image.ContainerFormat;
import cloud.stasis.gateway.image.DiskFormat;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.gateway.image.ImageDetails;
import cloud.stasis.gateway.image.ImageMember;
import cloud.stasis.gateway.image.Imports;
import cloud.stasis.model.ByteCount;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Images and members as the API shows them.
final class ImageBodies {
    private ImageBodies() {}

    static Map<String, Object> of(Image image) {
        ImageDetails details = image.details();
        Optional<ImageContent> content = image.state().content();
        Optional<Checksums> checksums = content.flatMap(ImageContent::checksums);
        String self = "/v2/images/" + image.id();
        // Properties first: none of them can hide what is ours.
        Map<String, Object> body = new LinkedHashMap<>(details.properties());
        body.put("id", image.id().toString());
        body.put("name", details.name().isEmpty() ? null : details.name());
        body.put("status", image.state().wireName());
        body.put("visibility", details.visibility().wireName());
        body.put("protected", details.isProtected());
        body.put("os_hidden", details.isHidden());
        body.put("owner", image.owner().value());
        body.put("disk_format", details.diskFormat().map(DiskFormat::wireName).orElse(null));
        body.put(
                "container_format",
                details.containerFormat().map(ContainerFormat::wireName).orElse(null));
        body.put("min_disk", details.minimum().diskGib());
        body.put("min_ram", details.minimum().ramMib());
        body.put("size", content.map(bytes -> bytes.size().bytes()).orElse(null));
        body.put(
                "virtual_size",
                content.flatMap(ImageContent::virtualSize).map(ByteCount::bytes).orElse(null));
        body.put("checksum", checksums.map(Checksums::md5).orElse(null));
        body.put("os_hash_algo", checksums.map(_ -> "sha512").orElse(null));
        body.put("os_hash_value", checksums.map(Checksums::sha512).orElse(null));
        content.ifPresent(_ -> body.put("stores", Imports.STORE));
        body.put("tags", details.tags());
        body.put("created_at", time(image.createdAt()));
        body.put("updated_at", time(image.updatedAt()));
        body.put("self", self);
        body.put("file", self + "/file");
        body.put("schema", "/v2/schemas/image");
        return body;
    }

    static Map<String, Object> of(ImageMember member) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("image_id", member.image().toString());
        body.put("member_id", member.project().value());
        body.put("status", member.status().wireName());
        body.put("created_at", time(member.createdAt()));
        body.put("updated_at", time(member.updatedAt()));
        body.put("schema", "/v2/schemas/member");
        return body;
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
