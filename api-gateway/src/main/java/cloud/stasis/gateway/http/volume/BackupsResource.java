package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.volume.Backup;
import cloud.stasis.gateway.volume.BackupCatalog;
import cloud.stasis.gateway.volume.BackupCatalog.NewBackup;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeCatalog.Force;
import cloud.stasis.model.ErrorCode;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Backups of volumes: list, create, show, update, delete, restore; for operators export, import and reset.
@Path("volume/v3/{project}/backups")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class BackupsResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;
    /// A record is a page or two of text.
    private static final int MAX_RECORD = 256 * 1024;

    /// Clients look for what Cinder's own are called.
    private static final String SERVICE = "cinder.backup.drivers.stasis";

    private final VolumeDoor door;
    private final BackupCatalog backups;
    private final PublicUrls urls;

    BackupsResource(VolumeDoor door, BackupCatalog backups, PublicUrls urls) {
        this.door = door;
        this.backups = backups;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "backups", uri, this::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "backups/detail", uri, this::detail);
    }

    private Map<String, Object> page(String project, String path, UriInfo uri, ShelfPage.Writer<Backup> write) {
        Caller caller = door.enter(project, VolumeAction.READ);
        return ShelfPage.<Backup>of(uri, "backups", urls.of("/volume/v3/" + project + "/" + path))
                .filter("name", backup -> backup.label().name())
                .filter("status", BackupsResource::status)
                .filter("volume_id", backup -> backup.volume().toString())
                .write(scope -> backups.list(caller, scope), write);
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("backup").object("backup");
        NewBackup asked = new NewBackup(
                VolumesResource.id(fields.text("volume_id", MAX_TEXT)),
                fields.optionalText("snapshot_id", MAX_TEXT)
                        .map(id -> PathId.of(id, SnapshotId::parse, ErrorCode.SNAPSHOT_NOT_FOUND)),
                new Label(
                        fields.optionalText("name", MAX_TEXT).orElse("").strip(),
                        fields.optionalText("description", MAX_TEXT),
                        fields.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(Map.of())),
                fields.optionalText("container", MAX_TEXT),
                fields.optionalLooseFlag("incremental").orElse(false) ? Backup.Mode.INCREMENTAL : Backup.Mode.FULL);
        Force force = fields.optionalLooseFlag("force").orElse(false) ? Force.YES : Force.NO;
        return Response.accepted(Map.of("backup", summary(backups.create(caller, asked, force))))
                .build();
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        return Map.of("backup", detail(backups.show(door.enter(project, VolumeAction.READ), id(id))));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> update(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        door.requireVersion(3, 9);
        JsonFields fields = JsonFields.of(body).only("backup").object("backup");
        fields.only("name", "description", "metadata");
        Backup changed = backups.relabel(
                caller,
                id(id),
                label -> new Label(
                        fields.optionalText("name", MAX_TEXT).orElse(label.name()),
                        fields.optionalText("description", MAX_TEXT).or(label::description),
                        fields.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(label.metadata())));
        return Map.of("backup", summary(changed));
    }

    @DELETE
    @Path("{id}")
    public Response delete(@PathParam("project") String project, @PathParam("id") String id) {
        backups.delete(door.enter(project, VolumeAction.CHANGE), id(id));
        return Response.accepted().build();
    }

    @POST
    @Path("{id}/restore")
    public Response restore(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("restore").object("restore");
        Optional<VolumeId> into = fields.optionalText("volume_id", MAX_TEXT).map(VolumesResource::id);
        Volume volume = backups.restore(caller, id(id), into, fields.optionalText("name", MAX_TEXT));
        return Response.accepted(Map.of(
                        "restore",
                        Map.of(
                                "backup_id", id,
                                "volume_id", volume.id().toString(),
                                "volume_name", volume.label().name())))
                .build();
    }

    @POST
    @Path("{id}/action")
    public Response act(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.FORCE);
        JsonFields fields = JsonFields.of(body);
        String action = fields.names().size() == 1 ? fields.names().getFirst() : "";
        switch (action) {
            case "os-reset_status" -> {
                String word = fields.object(action).text("status", MAX_TEXT);
                Backup.Status status =
                        switch (word) {
                            case "available" -> Backup.Status.AVAILABLE;
                            case "error" -> Backup.Status.ERROR;
                            default ->
                                throw new FaultException(
                                        400, "Must specify a valid status: " + Faults.shortened(word) + " is none.");
                        };
                backups.mark(caller, id(id), status);
            }
            case "os-force_delete" -> backups.delete(caller, id(id));
            default -> throw new FaultException(400, "There is no such action: " + Faults.shortened(action) + ".");
        }
        return Response.accepted().build();
    }

    /// All that is known of a backup, so that it can be taken over where its bundle is, also if the database is
    /// lost.
    @GET
    @Path("{id}/export_record")
    public Map<String, Object> export(@PathParam("project") String project, @PathParam("id") String id) {
        Backup backup = backups.show(door.enter(project, VolumeAction.FORCE), id(id));
        if (backup.status() != Backup.Status.AVAILABLE) {
            throw new FaultException(400, "Invalid backup: Backup status must be available");
        }
        Map<String, Object> described = new TreeMap<>();
        described.put("id", id);
        described.put("backup", RowJson.write(backup));
        String text = RowJson.write(described);
        return Map.of(
                "backup-record",
                Map.of(
                        "backup_service",
                        SERVICE,
                        "backup_url",
                        Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    }

    @POST
    @Path("import_record")
    public Response take(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.FORCE);
        JsonFields fields = JsonFields.of(body).only("backup-record").object("backup-record");
        fields.text("backup_service", MAX_TEXT);
        Backup taken = backups.take(caller, described(fields.text("backup_url", MAX_RECORD)));
        return Response.status(Response.Status.CREATED)
                .entity(Map.of("backup", summary(taken)))
                .build();
    }

    /// The id stands outside of the record proper: who imports a copy gives it another one.
    private static Backup described(String url) {
        try {
            String text = new String(Base64.getMimeDecoder().decode(url), StandardCharsets.UTF_8);
            Map<String, String> described = RowJson.readStrings(text);
            return RowJson.read(described.getOrDefault("backup", ""), Backup.class)
                    .withId(id(described.getOrDefault("id", "")));
        } catch (IllegalArgumentException | StasisException e) {
            throw new FaultException(400, "Invalid input received: backup_url is not a record that an export wrote.");
        }
    }

    private Map<String, Object> summary(Backup backup) {
        String path = "/v3/" + backup.project() + "/backups/" + backup.key();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", backup.key().toString());
        body.put("name", backup.label().name());
        body.put(
                "links",
                List.of(
                        Map.of("rel", "self", "href", urls.of("/volume" + path)),
                        Map.of("rel", "bookmark", "href", urls.of("/volume" + path.substring(3)))));
        return body;
    }

    private Map<String, Object> detail(Backup backup) {
        Map<String, Object> body = summary(backup);
        body.put("description", backup.label().description().orElse(null));
        body.put("status", status(backup));
        body.put("size", backup.size().gibRoundedUp());
        body.put("volume_id", backup.volume().toString());
        body.put("snapshot_id", backup.snapshot().map(SnapshotId::toString).orElse(null));
        body.put("container", backup.container().orElse(null));
        body.put("availability_zone", VolumeBody.ZONE);
        body.put("object_count", backup.manifest().isPresent() ? 1 : 0);
        body.put("fail_reason", backup.reason().orElse(null));
        body.put("is_incremental", backup.mode() == Backup.Mode.INCREMENTAL);
        // Each one is whole by itself, whatever it shares with others in the store.
        body.put("has_dependent_backups", false);
        body.put("created_at", VolumeBody.time(backup.createdAt()));
        body.put("updated_at", VolumeBody.time(backup.updatedAt()));
        body.put(
                "data_timestamp",
                VolumeBody.time(
                        backup.manifest().map(manifest -> manifest.takenAt()).orElse(backup.createdAt())));
        if (door.version().atLeast(3, 18)) {
            body.put("os-backup-project-attr:project_id", backup.project().value());
        }
        if (door.version().atLeast(3, 43)) {
            body.put("metadata", new TreeMap<>(backup.label().metadata()));
        }
        if (door.version().atLeast(3, 56)) {
            body.put("user_id", backup.user().value());
        }
        if (door.version().atLeast(3, 64)) {
            body.put("encryption_key_id", null);
        }
        return body;
    }

    private static String status(Backup backup) {
        return backup.status().name().toLowerCase(Locale.ROOT);
    }

    static UUID id(String text) {
        return PathId.of(text, BackupsResource::uuid, ErrorCode.OBJECT_NOT_FOUND);
    }

    private static UUID uuid(String text) {
        return SnapshotId.parse(text).value();
    }
}
