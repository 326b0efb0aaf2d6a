package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Adoptions;
import cloud.stasis.gateway.volume.Claim;
import cloud.stasis.gateway.volume.Claims;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Access;
import cloud.stasis.gateway.volume.VolumeBundle;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeCatalog.Deletion;
import cloud.stasis.gateway.volume.VolumeCatalog.Force;
import cloud.stasis.gateway.volume.VolumeCatalog.Safety;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `POST /volumes/{id}/action`: one object with one key, which says what to do.
@Path("volume/v3/{project}/volumes/{id}/action")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumeActionsResource {
    /// What an operator may say of a volume.
    private static final Set<String> WORDS = Set.of(
            "available",
            "error",
            "creating",
            "deleting",
            "in-use",
            "attaching",
            "detaching",
            "maintenance",
            "error_deleting",
            "error_restoring",
            "error_extending");

    private final VolumeDoor door;
    private final VolumeCatalog volumes;
    private final Claims claims;
    private final Adoptions adoptions;
    private final VolumeTypeCatalog types;
    private final VolumeBody bodies;

    VolumeActionsResource(
            VolumeDoor door,
            VolumeCatalog volumes,
            Claims claims,
            Adoptions adoptions,
            VolumeTypeCatalog types,
            VolumeBody bodies) {
        this.door = door;
        this.volumes = volumes;
        this.claims = claims;
        this.adoptions = adoptions;
        this.types = types;
        this.bodies = bodies;
    }

    @POST
    public Response act(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body);
        List<String> names = fields.names();
        if (names.size() != 1) {
            throw new FaultException(400, "The request body must name exactly one action.");
        }
        String action = names.getFirst();
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        VolumeId volume = VolumesResource.id(id);
        volumes.show(caller, volume);
        switch (action) {
            case "os-extend" ->
                volumes.extend(
                        caller,
                        volume,
                        newSize(fields.object(action)),
                        door.version().atLeast(3, 42) ? VolumeCatalog.InUse.TOO : VolumeCatalog.InUse.NOT);
            case "os-reserve" -> volumes.reserve(caller, volume);
            case "os-unreserve" -> volumes.release(caller, volume);
            case "os-set_bootable" -> {
                boolean bootable = flag(fields.object(action), "bootable");
                volumes.use(caller, volume, before -> new Volume.Use(bootable, before.access()));
                return Response.ok().build();
            }
            case "os-update_readonly_flag" -> {
                Access access = flag(fields.object(action), "readonly") ? Access.READ_ONLY : Access.READ_WRITE;
                volumes.use(caller, volume, before -> new Volume.Use(before.isBootable(), access));
                String said = access == Access.READ_ONLY ? "True" : "False";
                volumes.relabel(
                        caller,
                        volume,
                        label -> new Volume.Label(
                                label.name(),
                                label.description(),
                                Metadata.merged(label.metadata(), Map.of("readonly", said))));
            }
            case "os-attach" -> attach(caller, volume, fields.object(action));
            case "os-detach" ->
                claims.release(
                        caller,
                        volume,
                        fields.optionalObject(action)
                                .flatMap(asked -> asked.optionalText("attachment_id", Metadata.MAX_TEXT))
                                .map(BackupsResource::id));
            case "os-force_detach" -> {
                VolumeAction.FORCE.check(caller);
                claims.release(caller, volume, Optional.empty());
            }
            case "os-begin_detaching" -> claims.turn(caller, volume, "in-use", "detaching");
            case "os-roll_detaching" -> claims.turn(caller, volume, "detaching", "in-use");
            case "os-initialize_connection" ->
                throw new FaultException(
                        501, "Volumes are files of their host: attach them to servers with the compute API.");
            case "os-terminate_connection" -> {}
            case "os-retype" -> {
                JsonFields asked = fields.object(action).only("new_type", "migration_policy");
                volumes.retype(
                        caller,
                        volume,
                        types.usable(caller, asked.text("new_type", Metadata.MAX_TEXT))
                                .id());
            }
            case "os-reset_status" -> {
                VolumeAction.FORCE.check(caller);
                word(fields.object(action)).ifPresent(word -> volumes.mark(caller, volume, word));
            }
            case "os-unmanage" -> {
                VolumeAction.MANAGE.check(caller);
                adoptions.release(caller, volume);
            }
            case "os-force_delete" -> {
                VolumeAction.FORCE.check(caller);
                volumes.delete(caller, volume, Deletion.FORCED);
            }
            case "os-volume_upload_image" -> {
                return upload(caller, volume, fields.object(action));
            }
            case "os-set_image_metadata" -> {
                Map<String, String> said = fields.object(action)
                        .optionalTextMap("metadata", Metadata.MAX_TEXT, Metadata.MAX_TEXT)
                        .orElse(Map.of());
                return imageMetadata(volumes.describeImage(caller, volume, before -> Metadata.merged(before, said)));
            }
            case "os-unset_image_metadata" -> {
                String key = fields.object(action).text("key", Metadata.MAX_TEXT);
                volumes.describeImage(caller, volume, before -> Metadata.without(before, key));
                return Response.ok().build();
            }
            case "os-show_image_metadata" -> {
                return imageMetadata(volumes.show(caller, volume).nature().image());
            }
            case "revert" -> revert(caller, volume, fields.object(action));
            default -> throw new FaultException(400, "There is no such action: " + Faults.shortened(action) + ".");
        }
        return Response.accepted().build();
    }

    private void attach(Caller caller, VolumeId volume, JsonFields asked) {
        boolean readOnly = asked.optionalText("mode", Metadata.MAX_TEXT)
                .filter("ro"::equals)
                .isPresent();
        claims.make(
                caller,
                new Claims.NewClaim(
                        volume,
                        asked.optionalText("instance_uuid", Metadata.MAX_TEXT),
                        asked.optionalText("host_name", Metadata.MAX_TEXT),
                        asked.optionalText("mountpoint", Metadata.MAX_TEXT),
                        readOnly ? Claim.Mode.READ_ONLY : Claim.Mode.READ_WRITE),
                Claim.Stage.ATTACHED);
    }

    private static Response imageMetadata(Map<String, String> image) {
        return Response.ok(Map.of("metadata", new TreeMap<>(image))).build();
    }

    private Response upload(Caller caller, VolumeId id, JsonFields asked) {
        String format = asked.optionalText("disk_format", Metadata.MAX_TEXT).orElse("raw");
        VolumeBundle.Form form =
                switch (format) {
                    case "raw" -> VolumeBundle.Form.RAW;
                    case "qcow2" -> VolumeBundle.Form.QCOW2;
                    default ->
                        throw new FaultException(
                                400,
                                "Invalid input: images of volumes are raw or qcow2, not " + Faults.shortened(format));
                };
        String container =
                asked.optionalText("container_format", Metadata.MAX_TEXT).orElse("bare");
        if (!container.equals("bare")) {
            throw new FaultException(400, "Invalid input: images of volumes have the container format bare.");
        }
        String name = asked.text("image_name", Metadata.MAX_TEXT);
        Force force = asked.optionalLooseFlag("force").orElse(false) ? Force.YES : Force.NO;
        ImageId image = volumes.upload(caller, id, new VolumeCatalog.NewImage(name, form), force);
        Volume volume = volumes.show(caller, id);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id.toString());
        body.put("updated_at", VolumeBody.time(volume.updatedAt()));
        body.put("status", volume.state().status());
        body.put("display_description", volume.label().description().orElse(null));
        body.put("size", volume.size().gibRoundedUp());
        String type = bodies.type(volume);
        // Here, and only here, clients look for a name in it.
        body.put("volume_type", type == null ? null : Map.of("name", type));
        body.put("image_id", image.toString());
        body.put("container_format", container);
        body.put("disk_format", format);
        body.put("image_name", name);
        if (door.version().atLeast(3, 1)) {
            body.put("protected", false);
            body.put("visibility", "private");
        }
        return Response.accepted(Map.of("os-volume_upload_image", body)).build();
    }

    private void revert(Caller caller, VolumeId volume, JsonFields asked) {
        if (!door.version().atLeast(3, 40)) {
            throw new FaultException(400, "There is no such action: revert needs version 3.40.");
        }
        SnapshotId snapshot = PathId.of(
                asked.text("snapshot_id", Metadata.MAX_TEXT), SnapshotId::parse, ErrorCode.SNAPSHOT_NOT_FOUND);
        boolean isSafe = asked.optionalLooseFlag("safety").orElse(true);
        volumes.revert(caller, volume, snapshot, isSafe ? Safety.TAKEN : Safety.DECLINED);
    }

    private static ByteCount newSize(JsonFields asked) {
        return VolumesResource.size(asked, "new_size")
                .orElseThrow(() -> new FaultException(400, "New volume size must be specified as an integer."));
    }

    private static boolean flag(JsonFields asked, String name) {
        return asked.optionalLooseFlag(name)
                .orElseThrow(() -> new FaultException(400, "'" + name + "' is a required property"));
    }

    /// Nothing migrates here, so that nothing does can be declared at any time.
    private static Optional<String> word(JsonFields asked) {
        if (!asked.has("status")
                && asked.optionalText("migration_status", Metadata.MAX_TEXT).isPresent()) {
            return Optional.empty();
        }
        String word = asked.text("status", Metadata.MAX_TEXT);
        if (!WORDS.contains(word)) {
            throw new FaultException(400, "Must specify a valid status: " + Faults.shortened(word) + " is none.");
        }
        return Optional.of(word);
    }
}
