package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Listing;
import cloud.stasis.gateway.volume.NewVolume;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeCatalog.Deletion;
import cloud.stasis.gateway.volume.VolumeCreation;
import cloud.stasis.gateway.volume.VolumeGroupId;
import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Volumes: list, create, show, update, delete, and their metadata.
@Path("volume/v3/{project}/volumes")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumesResource {
    private static final int MAX_TEXT = 255;
    private static final int MAX_DESCRIPTION = 255;

    private final VolumeDoor door;
    private final VolumeCatalog volumes;
    private final VolumeCreation creation;
    private final VolumeTypeCatalog types;
    private final VolumeBody bodies;
    private final PublicUrls urls;

    VolumesResource(
            VolumeDoor door,
            VolumeCatalog volumes,
            VolumeCreation creation,
            VolumeTypeCatalog types,
            VolumeBody bodies,
            PublicUrls urls) {
        this.door = door;
        this.volumes = volumes;
        this.creation = creation;
        this.types = types;
        this.bodies = bodies;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        // A volume whose id is empty, and not the list.
        if (uri.getPath().endsWith("/")) {
            throw noId();
        }
        return page(project, "volumes", uri, bodies::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        Caller caller = reader(project);
        return page(project, "volumes/detail", uri, volume -> bodies.detail(volume, caller, door.version()));
    }

    @GET
    @Path("summary")
    public Map<String, Object> summary(@PathParam("project") String project) {
        Caller caller = reader(project);
        List<Volume> all = volumes.list(new Listing(
                Optional.of(caller.project()), Listing.Filter.NONE, List.of(), Optional.empty(), 0, Page.MAXIMUM));
        long size =
                all.stream().mapToLong(volume -> volume.size().gibRoundedUp()).sum();
        return Map.of("volume-summary", Map.of("total_count", all.size(), "total_size", size, "metadata", Map.of()));
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = writer(project);
        JsonFields fields =
                JsonFields.of(body).only("volume", "OS-SCH-HNT:scheduler_hints").object("volume");
        if (fields.optionalText("consistencygroup_id", MAX_TEXT).isPresent()) {
            throw new FaultException(400, "There are no consistency groups: use groups.");
        }
        Label label = new Label(
                fields.optionalText("name", MAX_TEXT)
                        .or(() -> fields.optionalText("display_name", MAX_TEXT))
                        .orElse("")
                        .strip(),
                fields.optionalText("description", MAX_DESCRIPTION),
                fields.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(Map.of()));
        Optional<VolumeTypeId> type = fields.optionalText("volume_type", MAX_TEXT)
                .map(name -> types.usable(caller, name).id());
        Volume made = creation.create(
                caller, new NewVolume(label, source(fields), size(fields, "size"), type, group(fields)));
        return Response.accepted(Map.of("volume", bodies.made(made, caller, door.version())))
                .build();
    }

    private VolumeSource source(JsonFields fields) {
        List<VolumeSource> named = new ArrayList<>();
        fields.optionalText("snapshot_id", MAX_TEXT)
                .map(id -> PathId.of(id, SnapshotId::parse, ErrorCode.SNAPSHOT_NOT_FOUND))
                .ifPresent(id -> named.add(new VolumeSource.OfSnapshot(id)));
        fields.optionalText("source_volid", MAX_TEXT).ifPresent(id -> named.add(new VolumeSource.OfVolume(id(id))));
        image(fields).ifPresent(id -> named.add(new VolumeSource.OfImage(id)));
        if (door.version().atLeast(3, 47)) {
            fields.optionalText("backup_id", MAX_TEXT)
                    .map(BackupsResource::id)
                    .ifPresent(id -> named.add(new VolumeSource.OfBackup(id)));
        }
        if (named.size() > 1) {
            throw new FaultException(
                    400, "Invalid input received: name one of snapshot_id, source_volid, imageRef and backup_id.");
        }
        return named.isEmpty() ? new VolumeSource.Blank() : named.getFirst();
    }

    /// Old clients write the image's address.
    private static Optional<ImageId> image(JsonFields fields) {
        Optional<String> text = fields.optionalText("imageRef", MAX_TEXT)
                .or(() -> fields.optionalText("image_id", MAX_TEXT))
                .filter(given -> !given.isEmpty());
        return text.map(given -> {
            try {
                return ImageId.parse(given.substring(given.lastIndexOf('/') + 1));
            } catch (StasisException e) {
                throw new FaultException(400, "Invalid imageRef provided.");
            }
        });
    }

    private Optional<VolumeGroupId> group(JsonFields fields) {
        return door.version().atLeast(3, 13)
                ? fields.optionalText("group_id", MAX_TEXT)
                        .map(id -> PathId.of(id, VolumeGroupId::parse, ErrorCode.OBJECT_NOT_FOUND))
                : Optional.empty();
    }

    /// In GiB, also as digits.
    static Optional<ByteCount> size(JsonFields fields, String name) {
        if (fields.isText(name)
                && fields.optionalText(name, MAX_TEXT).filter(String::isEmpty).isPresent()) {
            throw new FaultException(400, "Invalid input received: " + name + " must not be empty.");
        }
        Optional<Integer> gib = fields.optionalNumber(name);
        gib.ifPresent(size -> {
            if (size < 1 || size > VolumeCatalog.MAX_GIB) {
                throw new FaultException(
                        400, "Invalid input received: " + name + " must be 1 to " + VolumeCatalog.MAX_GIB + ".");
            }
        });
        return gib.map(ByteCount::ofGib);
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = reader(project);
        return Map.of("volume", bodies.detail(volumes.show(caller, id(id)), caller, door.version()));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> update(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = writer(project);
        JsonFields fields = JsonFields.of(body).only("volume").object("volume");
        fields.only("name", "description", "metadata", "display_name", "display_description");
        Volume changed = volumes.relabel(
                caller,
                id(id),
                label -> new Label(
                        fields.optionalText("name", MAX_TEXT)
                                .or(() -> fields.optionalText("display_name", MAX_TEXT))
                                .orElse(label.name()),
                        fields.optionalText("description", MAX_DESCRIPTION)
                                .or(() -> fields.optionalText("display_description", MAX_DESCRIPTION))
                                .or(label::description),
                        fields.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(label.metadata())));
        return Map.of("volume", bodies.made(changed, caller, door.version()));
    }

    @DELETE
    @Path("{id}")
    public Response delete(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @QueryParam("cascade") @Nullable String cascade,
            @QueryParam("force") @Nullable String force) {
        Caller caller = writer(project);
        Deletion deletion = isTrue(cascade) ? Deletion.WITH_SNAPSHOTS : Deletion.PLAIN;
        if (isTrue(force)) {
            VolumeAction.FORCE.check(caller);
            deletion = Deletion.FORCED;
        }
        volumes.delete(caller, id(id), deletion);
        return Response.accepted().build();
    }

    @DELETE
    public void deleteNothing() {
        throw noId();
    }

    @PUT
    public void updateNothing() {
        throw noId();
    }

    @GET
    @Path("{id}/metadata")
    public Map<String, Object> metadata(@PathParam("project") String project, @PathParam("id") String id) {
        return Map.of("metadata", shownMetadata(project, id));
    }

    @POST
    @Path("{id}/metadata")
    public Map<String, Object> addMetadata(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> added = Metadata.of(body, "metadata");
        return Map.of("metadata", changed(project, id, before -> Metadata.merged(before, added)));
    }

    @PUT
    @Path("{id}/metadata")
    public Map<String, Object> replaceMetadata(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> wanted = Metadata.of(body, "metadata");
        return Map.of("metadata", changed(project, id, before -> wanted));
    }

    @GET
    @Path("{id}/metadata/{key}")
    public Map<String, Object> item(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        return Map.of("meta", Metadata.item(shownMetadata(project, id), key));
    }

    @PUT
    @Path("{id}/metadata/{key}")
    public Map<String, Object> setItem(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @PathParam("key") String key,
            @Nullable JsonNode body) {
        Map<String, String> item = Metadata.item(body, key);
        changed(project, id, before -> Metadata.merged(before, item));
        return Map.of("meta", item);
    }

    @DELETE
    @Path("{id}/metadata/{key}")
    public Response removeItem(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        changed(project, id, before -> Metadata.without(before, key));
        return Response.ok().build();
    }

    private Map<String, String> shownMetadata(String project, String id) {
        return volumes.show(reader(project), id(id)).label().metadata();
    }

    private Map<String, String> changed(String project, String id, UnaryOperator<Map<String, String>> change) {
        return volumes.relabel(
                        writer(project),
                        id(id),
                        label -> new Label(label.name(), label.description(), change.apply(label.metadata())))
                .label()
                .metadata();
    }

    private Map<String, Object> page(
            String project, String path, UriInfo uri, Function<Volume, Map<String, Object>> write) {
        Caller caller = reader(project);
        return ListingPage.of(caller, volumes, urls.of("/volume/v3/" + project + "/" + path))
                .write(uri, write);
    }

    private Caller reader(String project) {
        return door.enter(project, VolumeAction.READ);
    }

    private Caller writer(String project) {
        return door.enter(project, VolumeAction.CHANGE);
    }

    private static FaultException noId() {
        return new FaultException(404, "The resource could not be found.");
    }

    static VolumeId id(String text) {
        return PathId.of(text, VolumeId::parse, ErrorCode.VOLUME_NOT_FOUND);
    }

    private static boolean isTrue(@Nullable String flag) {
        return flag != null && (flag.equals("1") || flag.equalsIgnoreCase("true"));
    }
}
