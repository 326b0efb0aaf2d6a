package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A volume as the block storage API shows it.
@ApplicationScoped
class VolumeBody {
    static final String ZONE = "nova";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private final PublicUrls urls;

    VolumeBody(PublicUrls urls) {
        this.urls = urls;
    }

    Map<String, Object> summary(Volume volume) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", volume.id().toString());
        body.put("name", volume.label().name().isEmpty() ? null : volume.label().name());
        body.put("links", links(volume));
        return body;
    }

    Map<String, Object> detail(Volume volume, Caller caller, Microversion version) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", volume.id().toString());
        body.put("status", volume.state().status());
        body.put("size", volume.size().gibRoundedUp());
        body.put("availability_zone", ZONE);
        body.put("created_at", TIME.format(volume.createdAt()));
        body.put("updated_at", TIME.format(volume.updatedAt()));
        body.put("name", volume.label().name().isEmpty() ? null : volume.label().name());
        body.put("description", volume.label().description().orElse(null));
        body.put("volume_type", null);
        body.put("snapshot_id", null);
        body.put("source_volid", null);
        body.put("metadata", new TreeMap<>(volume.label().metadata()));
        body.put("links", links(volume));
        body.put("user_id", volume.user().value());
        body.put("bootable", "false");
        body.put("encrypted", false);
        body.put("replication_status", null);
        body.put("consistencygroup_id", null);
        body.put("multiattach", false);
        body.put(
                "attachments",
                volume.state()
                        .attached()
                        .map(at -> List.of(attachment(volume, at)))
                        .orElse(List.of()));
        body.put("migration_status", null);
        body.put("os-vol-tenant-attr:tenant_id", volume.project().value());
        if (caller.isAdmin()) {
            body.put("os-vol-host-attr:host", volume.backend().value());
            body.put("os-vol-mig-status-attr:migstat", null);
            body.put("os-vol-mig-status-attr:name_id", null);
        }
        if (version.atLeast(3, 13)) {
            body.put("group_id", null);
        }
        if (version.atLeast(3, 21)) {
            body.put("provider_id", null);
        }
        if (version.atLeast(3, 48)) {
            body.put("shared_targets", false);
            body.put("service_uuid", null);
        }
        if (version.atLeast(3, 61) && caller.isAdmin()) {
            body.put("cluster_name", null);
        }
        if (version.atLeast(3, 63)) {
            body.put("volume_type_id", null);
        }
        if (version.atLeast(3, 65)) {
            body.put("consumes_quota", true);
        }
        return body;
    }

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    private static Map<String, Object> attachment(Volume volume, Attachment attachment) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", volume.id().toString());
        // A volume is attached at most once, so its id names the attachment as well.
        body.put("attachment_id", volume.id().toString());
        body.put("volume_id", volume.id().toString());
        body.put("server_id", attachment.instance().toString());
        body.put("host_name", null);
        body.put("device", "/dev/" + attachment.device());
        body.put("attached_at", TIME.format(attachment.at()));
        return body;
    }

    private List<Map<String, String>> links(Volume volume) {
        String path = "/v3/" + volume.project() + "/volumes/" + volume.id();
        return List.of(
                Map.of("rel", "self", "href", urls.of("/volume" + path)),
                Map.of("rel", "bookmark", "href", urls.of("/volume" + path.substring(3))));
    }
}
