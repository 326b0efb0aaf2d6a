package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Adoptions;
import cloud.stasis.gateway.volume.SnapshotCatalog;
import cloud.stasis.gateway.volume.SnapshotCatalog.Deletion;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeCatalog.Force;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Snapshots of volumes: list, create, show, update, delete, their metadata and actions.
@Path("volume/v3/{project}/snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumeSnapshotsResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;
    private static final String EXTENDED = "os-extended-snapshot-attributes:";
    /// What an operator may say of a snapshot.
    private static final Set<String> WORDS =
            Set.of("available", "error", "creating", "deleting", "error_deleting", "backing-up");

    private final VolumeDoor door;
    private final SnapshotCatalog snapshots;
    private final Adoptions adoptions;
    private final PublicUrls urls;

    VolumeSnapshotsResource(VolumeDoor door, SnapshotCatalog snapshots, Adoptions adoptions, PublicUrls urls) {
        this.door = door;
        this.snapshots = snapshots;
        this.adoptions = adoptions;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "snapshots", uri, this::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "snapshots/detail", uri, this::detail);
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("snapshot").object("snapshot");
        fields.only("volume_id", "name", "display_name", "description", "display_description", "force", "metadata");
        boolean always = door.version().atLeast(3, 66);
        boolean forced = fields.optionalLooseFlag("force").orElse(always);
        if (!forced && always) {
            throw new FaultException(400, "Invalid input: force can only be true from version 3.66 on.");
        }
        VolumeSnapshot made = snapshots.create(
                caller,
                VolumesResource.id(fields.optionalText("volume_id", MAX_TEXT).orElse("")),
                new Label(
                        text(fields, "name").orElse("").strip(),
                        text(fields, "description"),
                        fields.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(Map.of())),
                forced ? Force.YES : Force.NO);
        return Response.accepted(Map.of("snapshot", summary(made))).build();
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        return Map.of("snapshot", detail(shown(project, id)));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> update(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("snapshot").object("snapshot");
        fields.only("name", "display_name", "description", "display_description");
        return Map.of(
                "snapshot",
                summary(snapshots.relabel(
                        caller,
                        id(id),
                        label -> new Label(
                                text(fields, "name").orElse(label.name()),
                                text(fields, "description").or(label::description),
                                label.metadata()))));
    }

    @DELETE
    @Path("{id}")
    public Response delete(@PathParam("project") String project, @PathParam("id") String id) {
        snapshots.delete(door.enter(project, VolumeAction.CHANGE), id(id), Deletion.PLAIN);
        return Response.accepted().build();
    }

    @POST
    @Path("{id}/action")
    public Response act(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body);
        SnapshotId snapshot = id(id);
        snapshots.show(caller, snapshot);
        String action = fields.names().size() == 1 ? fields.names().getFirst() : "";
        // What drives a snapshot of its own may tell how far it is.
        if (!action.equals("os-update_snapshot_status")) {
            VolumeAction.FORCE.check(caller);
        }
        switch (action) {
            case "os-reset_status", "os-update_snapshot_status" -> {
                JsonFields asked = fields.object(action).only("status", "progress");
                String word = asked.text("status", MAX_TEXT);
                if (!WORDS.contains(word)) {
                    throw new FaultException(400, "Must specify a valid status: " + Faults.shortened(word));
                }
                snapshots.mark(caller, snapshot, word, asked.optionalText("progress", 4));
            }
            case "os-unmanage" -> adoptions.release(caller, snapshot);
            case "os-force_delete" -> snapshots.delete(caller, snapshot, Deletion.FORCED);
            default -> throw new FaultException(400, "There is no such action: " + Faults.shortened(action) + ".");
        }
        return Response.accepted().build();
    }

    @GET
    @Path("{id}/metadata")
    public Map<String, Object> metadata(@PathParam("project") String project, @PathParam("id") String id) {
        return Map.of("metadata", shown(project, id).label().metadata());
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
        return Map.of("meta", Metadata.item(shown(project, id).label().metadata(), key));
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

    private VolumeSnapshot shown(String project, String id) {
        return snapshots.show(door.enter(project, VolumeAction.READ), id(id));
    }

    private Map<String, String> changed(String project, String id, UnaryOperator<Map<String, String>> change) {
        return snapshots
                .relabel(
                        door.enter(project, VolumeAction.CHANGE),
                        id(id),
                        label -> new Label(label.name(), label.description(), change.apply(label.metadata())))
                .label()
                .metadata();
    }

    private Map<String, Object> page(
            String project, String path, UriInfo uri, Function<VolumeSnapshot, Map<String, Object>> write) {
        Caller caller = door.enter(project, VolumeAction.READ);
        return ListingPage.of(caller, snapshots, urls.of("/volume/v3/" + project + "/" + path))
                .write(uri, write);
    }

    private Map<String, Object> summary(VolumeSnapshot snapshot) {
        return summary(snapshot, door.version());
    }

    static Map<String, Object> summary(VolumeSnapshot snapshot, Microversion version) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", snapshot.id().toString());
        body.put(
                "name",
                snapshot.label().name().isEmpty() ? null : snapshot.label().name());
        body.put("description", snapshot.label().description().orElse(null));
        body.put("volume_id", snapshot.volume().toString());
        body.put("status", snapshot.state().status());
        body.put("size", snapshot.size().gibRoundedUp());
        body.put("created_at", VolumeBody.time(snapshot.createdAt()));
        body.put("updated_at", VolumeBody.time(snapshot.updatedAt()));
        body.put("metadata", new TreeMap<>(snapshot.label().metadata()));
        if (version.atLeast(3, 14)) {
            body.put("group_snapshot_id", snapshot.group().map(UUID::toString).orElse(null));
        }
        if (version.atLeast(3, 41)) {
            body.put("user_id", snapshot.user().value());
        }
        if (version.atLeast(3, 65)) {
            body.put("consumes_quota", true);
        }
        return body;
    }

    private Map<String, Object> detail(VolumeSnapshot snapshot) {
        Map<String, Object> body = summary(snapshot);
        body.put(EXTENDED + "progress", snapshot.state().progress());
        body.put(EXTENDED + "project_id", snapshot.project().value());
        return body;
    }

    private static Optional<String> text(JsonFields fields, String name) {
        return fields.optionalText(name, MAX_TEXT).or(() -> fields.optionalText("display_" + name, MAX_TEXT));
    }

    static SnapshotId id(String text) {
        return PathId.of(text, SnapshotId::parse, ErrorCode.SNAPSHOT_NOT_FOUND);
    }
}
