package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Claim;
import cloud.stasis.gateway.volume.Claims;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Access;
import cloud.stasis.gateway.volume.VolumeGroupId;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeType;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.gateway.volume.VolumeTypes;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A volume as the block storage API shows it.
@ApplicationScoped
class VolumeBody {
    static final String ZONE = "nova";
    static final String BACKEND = "stasis";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private final PublicUrls urls;
    private final VolumeTypes types;
    private final Claims claims;

    VolumeBody(PublicUrls urls, VolumeTypes types, Claims claims) {
        this.urls = urls;
        this.claims = claims;
        this.types = types;
    }

    Map<String, Object> summary(Volume volume) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", volume.id().toString());
        body.put("name", volume.label().name().isEmpty() ? null : volume.label().name());
        body.put("links", links(volume));
        return body;
    }

    /// As the answer to its creation or to a change of it, which has less than [#detail].
    Map<String, Object> made(Volume volume, Caller caller, Microversion version) {
        Map<String, Object> body = detail(volume, caller, version);
        body.keySet().removeIf(name -> name.startsWith("os-vol-") || name.equals("volume_image_metadata"));
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
        body.put("volume_type", type(volume));
        body.put(
                "snapshot_id",
                volume.nature().snapshot().map(SnapshotId::toString).orElse(null));
        body.put(
                "source_volid", volume.nature().source().map(VolumeId::toString).orElse(null));
        body.put("metadata", metadata(volume));
        body.put("links", links(volume));
        body.put("user_id", volume.user().value());
        body.put("bootable", Boolean.toString(volume.nature().use().isBootable()));
        body.put("encrypted", false);
        body.put("replication_status", null);
        body.put("consistencygroup_id", null);
        body.put("multiattach", false);
        body.put("attachments", attachments(volume));
        body.put("migration_status", null);
        if (!volume.nature().image().isEmpty()) {
            body.put("volume_image_metadata", new TreeMap<>(volume.nature().image()));
        }
        body.put("os-vol-tenant-attr:tenant_id", volume.project().value());
        if (caller.isAdmin()) {
            body.put("os-vol-host-attr:host", host(volume.backend()));
            body.put("os-vol-mig-status-attr:migstat", null);
            body.put("os-vol-mig-status-attr:name_id", null);
        }
        if (version.atLeast(3, 13)) {
            body.put(
                    "group_id",
                    volume.nature().group().map(VolumeGroupId::toString).orElse(null));
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
            body.put(
                    "volume_type_id",
                    volume.nature().type().map(VolumeTypeId::toString).orElse(null));
        }
        if (version.atLeast(3, 65)) {
            body.put("consumes_quota", true);
        }
        return body;
    }

    /// The name of its type.
    @Nullable
    String type(Volume volume) {
        return volume.nature().type().flatMap(types::find).map(VolumeType::name).orElse(null);
    }

    /// As Cinder names a pool: host, backend, pool.
    static String host(BackendId backend) {
        return backend.value() + "@" + BACKEND + "#" + BACKEND;
    }

    /// A volume that is read-only says so there.
    private static Map<String, String> metadata(Volume volume) {
        Map<String, String> metadata = new TreeMap<>(volume.label().metadata());
        if (volume.nature().use().access() == Access.READ_ONLY) {
            metadata.put("readonly", "True");
        }
        return metadata;
    }

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    /// By a server of this cloud, or else by whoever says to have it.
    private List<Map<String, Object>> attachments(Volume volume) {
        if (volume.state().attached().isPresent()) {
            return List.of(attachment(volume, volume.state().attached().get()));
        }
        return volume.state() instanceof VolumeState.Marked
                ? claims.of(volume.id()).stream()
                        .filter(claim -> claim.stage() == Claim.Stage.ATTACHED)
                        .map(VolumeBody::attachment)
                        .toList()
                : List.of();
    }

    private static Map<String, Object> attachment(Claim claim) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", claim.volume().toString());
        body.put("attachment_id", claim.key().toString());
        body.put("volume_id", claim.volume().toString());
        body.put("server_id", claim.server().orElse(null));
        body.put("host_name", claim.host().orElse(null));
        body.put("device", claim.place().orElse(null));
        body.put("attached_at", TIME.format(claim.createdAt()));
        return body;
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
