package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.snapshot.Replies.Begun;
import cloud.stasis.gateway.http.snapshot.Replies.BegunInstant;
import cloud.stasis.gateway.http.snapshot.Replies.ManySnapshots;
import cloud.stasis.gateway.http.snapshot.Replies.OneDeletion;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.http.snapshot.Replies.OneSnapshot;
import cloud.stasis.gateway.http.snapshot.Replies.OneVerdict;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.ClientToken;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.snapshot.Clones;
import cloud.stasis.gateway.snapshot.Instants;
import cloud.stasis.gateway.snapshot.NewClones;
import cloud.stasis.gateway.snapshot.Reverts;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.Protection;
import cloud.stasis.gateway.snapshot.SnapshotImports;
import cloud.stasis.gateway.snapshot.SnapshotQuery;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.snapshot.Verdicts;
import cloud.stasis.gateway.storage.Storage;
import cloud.stasis.gateway.storage.StoredSize;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
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
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Snapshots of whole servers.
@Path("snapshot/v1/snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "snapshots", description = "One instant of a whole server: all its disks and, if asked for, its memory")
public class SnapshotsResource {
    static final String CLIENT_TOKEN = "Idempotency-Key";
    private static final int STANDARD_PAGE = 100;

    private final CurrentRequest request;
    private final Snapshots snapshots;
    private final Reverts reverts;
    private final Clones clones;
    private final Verdicts verdicts;
    private final Instants instants;
    private final Storage storage;
    private final SnapshotImports imports;
    private final Clock clock;

    SnapshotsResource(
            CurrentRequest request,
            Snapshots snapshots,
            Reverts reverts,
            Clones clones,
            Verdicts verdicts,
            Instants instants,
            Storage storage,
            SnapshotImports imports,
            Clock clock) {
        this.clones = clones;
        this.verdicts = verdicts;
        this.instants = instants;
        this.storage = storage;
        this.imports = imports;
        this.request = request;
        this.snapshots = snapshots;
        this.reverts = reverts;
        this.clock = clock;
    }

    /// The body of [#take], for its description.
    ///
    /// @param server id of the server
    /// @param servers instead of `server`: ids of several, which
    /// all show one instant; the answer is a [BegunInstant]
    /// @param image instead of a server: id of an image that was uploaded as the archive of a machine, of which a
    /// snapshot is made; nothing else is said then but its name
    /// @param memory with its memory; false if not said
    /// @param consistency `prefer` if not said
    @Schema(requiredProperties = "name")
    public record NewSnapshot(
            String server,
            List<String> servers,
            String image,
            String name,
            boolean memory,

            @Schema(enumeration = {"require", "prefer", "none"})
            String consistency) {}

    /// The body of [#revert], for its description.
    ///
    /// @param memory resume mid-instruction instead of booting from the disks; false if not said
    /// @param state of the server afterwards; `running` if not said
    /// @param safety keep what the server was as a snapshot; true if not said
    public record NewRevert(
            boolean memory,

            @Schema(enumeration = {"running", "paused", "stopped"})
            String state,

            boolean safety) {}

    /// The body of [#change], for its description.
    ///
    /// @param isProtected it is not deleted before this is taken back
    public record SnapshotChange(
            String name, @JsonProperty("protected") boolean isProtected) {}

    @POST
    @Operation(
            summary = "Take a snapshot of a server, or of several servers at one instant",
            description = "Of several, all take part or no server is touched")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewSnapshot.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = Begun.class)))
    public Response take(
            @Parameter(description = "The same key gives the same job") @HeaderParam(CLIENT_TOKEN) @Nullable
                    String token,
            @Nullable JsonNode body) {
        Caller caller = request.caller();
        SnapshotAction.CHANGE.check(caller);
        JsonFields fields = JsonFields.of(body).only("server", "servers", "image", "name", "memory", "consistency");
        if (fields.has("image")) {
            return begun(caller, imported(caller, fields));
        }
        if (fields.has("servers")) {
            return takeTogether(caller, fields, token);
        }
        Job job = snapshots.take(
                caller,
                server(fields.text("server", Snapshot.MAX_NAME)),
                fields.text("name", Snapshot.MAX_NAME),
                new Asked(memory(fields), quiesce(fields)),
                token(token));
        return begun(caller, job);
    }

    private Response begun(Caller caller, Job job) {
        SnapshotId id = job.subject().snapshot().orElseThrow();
        return Response.accepted(new Begun(view(snapshots.show(caller, id)), JobView.of(job, clock.instant())))
                .build();
    }

    private Job imported(Caller caller, JsonFields fields) {
        fields.only("image", "name");
        return imports.again(
                caller,
                PathId.of(fields.text("image", Snapshot.MAX_NAME), ImageId::parse, ErrorCode.IMAGE_NOT_FOUND),
                fields.text("name", Snapshot.MAX_NAME));
    }

    private Response takeTogether(Caller caller, JsonFields fields, @Nullable String token) {
        if (fields.has("server")) {
            throw new FaultException(400, "Give either server or servers.");
        }
        List<InstanceId> servers = fields.texts("servers", Instants.MAX_SERVERS, Snapshot.MAX_NAME).stream()
                .map(SnapshotsResource::server)
                .toList();
        Job job = instants.take(
                caller,
                servers,
                fields.text("name", Snapshot.MAX_NAME),
                new Asked(memory(fields), quiesce(fields)),
                token(token));
        Snapshot first = snapshots.show(caller, job.subject().snapshot().orElseThrow());
        Instants.Shown shown = instants.show(caller, first.instant().orElseThrow());
        return Response.accepted(new BegunInstant(InstantView.of(shown), JobView.of(job, clock.instant())))
                .build();
    }

    @GET
    @Operation(summary = "List snapshots, newest first")
    public ManySnapshots list(
            @QueryParam("server") @Nullable String server,
            @QueryParam("name") @Nullable String name,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("marker") @Nullable String marker,
            @Context UriInfo uri) {
        Caller caller = request.caller();
        SnapshotAction.READ.check(caller);
        Page page = Page.of(limit, marker, STANDARD_PAGE, Page.MAXIMUM);
        List<Snapshot> found = snapshots.list(new SnapshotQuery(
                caller.project(),
                Optional.ofNullable(server).map(SnapshotsResource::server),
                Optional.ofNullable(name),
                page.marker().map(SnapshotsResource::id),
                page.rows()));
        List<Snapshot> shown = found.subList(0, Math.min(found.size(), page.limit()));
        Map<ReferenceName, StoredSize> sizes = storage.of(
                caller,
                shown.stream()
                        .collect(Collectors.toMap(snapshot -> ReferenceName.of(snapshot.id()), Snapshot::project)));
        return new ManySnapshots(
                shown.stream()
                        .map(snapshot -> SnapshotView.of(
                                snapshot,
                                Optional.ofNullable(sizes.get(ReferenceName.of(snapshot.id()))),
                                Audience.of(caller)))
                        .toList(),
                shown.isEmpty() || shown.size() == found.size()
                        ? null
                        : PageLinks.next(
                                "/snapshot/v1/snapshots",
                                uri.getQueryParameters(),
                                shown.getLast().id().toString()));
    }

    private SnapshotView view(Snapshot snapshot) {
        return SnapshotView.of(
                snapshot,
                storage.of(request.caller(), ReferenceName.of(snapshot.id()), snapshot.project()),
                snapshots.firstVerdict(snapshot),
                Audience.of(request.caller()));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "Show a snapshot with its parts, its parent and the receipt of its capture")
    public OneSnapshot show(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return new OneSnapshot(view(snapshots.show(request.caller(), id(id))));
    }

    @PUT
    @Path("{id}")
    @Operation(summary = "Rename a snapshot, or protect it from being deleted")
    @RequestBody(content = @Content(schema = @Schema(implementation = SnapshotChange.class)))
    public OneSnapshot change(@PathParam("id") String id, @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        SnapshotId snapshot = id(id);
        JsonFields fields = JsonFields.of(body).only("name", "protected");
        return new OneSnapshot(view(snapshots.label(
                request.caller(),
                snapshot,
                fields.has("name") ? Optional.of(fields.text("name", Snapshot.MAX_NAME)) : Optional.empty(),
                fields.optionalFlag("protected").map(held -> held ? Protection.PROTECTED : Protection.NONE))));
    }

    @POST
    @Path("{id}/revert")
    @Operation(
            summary = "Put the server back to the snapshot; as often as wanted",
            description = "What the server was becomes a safety snapshot, unless that is declined")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewRevert.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response revert(
            @PathParam("id") String id,
            @Parameter(description = "The same key gives the same job") @HeaderParam(CLIENT_TOKEN) @Nullable
                    String token,
            @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        SnapshotId snapshot = id(id);
        snapshots.show(request.caller(), snapshot);
        return accepted(reverts.revert(request.caller(), snapshot, way(body), token(token)));
    }

    /// The body of [#make], for its description.
    ///
    /// @param name of the new server
    /// @param memory go on mid-instruction instead of booting from the disks; false if not said
    /// @param state of the new server; `running` if not said
    /// @param identity whether it is the same machine to its guest; `keep` if not said
    @Schema(requiredProperties = "name")
    public record NewClone(
            String name,
            boolean memory,
            @Schema(enumeration = {"running", "paused"}) String state,

            @Schema(enumeration = {"keep", "regenerate", "isolate"})
            String identity) {}

    @POST
    @Path("{id}/clone")
    @Operation(summary = "Make a new server out of the snapshot, also if its own server is gone")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewClone.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response make(
            @PathParam("id") String id,
            @Parameter(description = "The same key gives the same job") @HeaderParam(CLIENT_TOKEN) @Nullable
                    String token,
            @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        SnapshotId snapshot = id(id);
        snapshots.show(request.caller(), snapshot);
        JsonFields fields = JsonFields.of(body).only("name", "memory", "state", "identity");
        return accepted(clones.clone(request.caller(), snapshot, clone(fields), token(token)));
    }

    @GET
    @Path("{id}/verdict")
    @Operation(
            summary = "Say what can be made of the snapshot now: with memory, with its disks only, or nothing, and why",
            description = "Names of hosts are for administrators")
    public OneVerdict verdict(@PathParam("id") String id) {
        Caller caller = request.caller();
        SnapshotAction.READ.check(caller);
        Snapshot snapshot = snapshots.show(caller, id(id));
        return new OneVerdict(VerdictView.of(caller, snapshot, verdicts.of(snapshot)));
    }

    @GET
    @Path("{id}/deletion")
    @Operation(
            summary = "Say what it would mean to delete the snapshot now, without doing it",
            description = "Bytes are bounds that captures told of themselves; null is what nobody has measured")
    public OneDeletion deletion(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return new OneDeletion(DeletionView.of(snapshots.deletion(request.caller(), id(id))));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Delete a snapshot, with its memory and device archive")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response delete(
            @PathParam("id") String id,
            @Parameter(description = "The same key gives the same job") @HeaderParam(CLIENT_TOKEN) @Nullable
                    String token) {
        SnapshotAction.CHANGE.check(request.caller());
        return accepted(snapshots.delete(request.caller(), id(id), token(token)));
    }

    static SnapshotId id(String text) {
        return PathId.of(text, SnapshotId::parse, ErrorCode.SNAPSHOT_NOT_FOUND);
    }

    static InstanceId server(String text) {
        return PathId.of(text, InstanceId::parse, ErrorCode.INSTANCE_NOT_FOUND);
    }

    private Response accepted(Job job) {
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }

    static Optional<ClientToken> token(@Nullable String header) {
        return Optional.ofNullable(header).map(ClientToken::new);
    }

    static Reverts.Way way(@Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body).only("memory", "state", "safety");
        return new Reverts.Way(memory(fields), after(fields), safety(fields));
    }

    static MemoryChoice memory(JsonFields fields) {
        return fields.optionalFlag("memory").orElse(false) ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY;
    }

    static Quiesce quiesce(JsonFields fields) {
        return switch (fields.optionalText("consistency", Snapshot.MAX_NAME).orElse("prefer")) {
            case "require" -> Quiesce.REQUIRE;
            case "prefer" -> Quiesce.PREFER;
            case "none" -> Quiesce.NONE;
            default -> throw new FaultException(400, "consistency must be require, prefer or none.");
        };
    }

    private static AfterRevert after(JsonFields fields) {
        return switch (fields.optionalText("state", Snapshot.MAX_NAME).orElse("running")) {
            case "running" -> AfterRevert.RUNNING;
            case "paused" -> AfterRevert.PAUSED;
            case "stopped" -> AfterRevert.STOPPED;
            default -> throw new FaultException(400, "state must be running, paused or stopped.");
        };
    }

    /// What [NewClone] says.
    static NewClones.Asked clone(JsonFields fields) {
        return new NewClones.Asked(
                fields.text("name", Snapshot.MAX_NAME), memory(fields), resume(fields), identity(fields));
    }

    private static ResumeState resume(JsonFields fields) {
        return switch (fields.optionalText("state", Snapshot.MAX_NAME).orElse("running")) {
            case "running" -> ResumeState.RUNNING;
            case "paused" -> ResumeState.PAUSED;
            default -> throw new FaultException(400, "state must be running or paused.");
        };
    }

    private static Identity identity(JsonFields fields) {
        return switch (fields.optionalText("identity", Snapshot.MAX_NAME).orElse("keep")) {
            case "keep" -> Identity.KEEP;
            case "regenerate" -> Identity.REGENERATE;
            case "isolate" -> Identity.ISOLATE;
            default -> throw new FaultException(400, "identity must be keep, regenerate or isolate.");
        };
    }

    static Reverts.Safety safety(JsonFields fields) {
        return fields.optionalFlag("safety").orElse(true) ? Reverts.Safety.TAKEN : Reverts.Safety.DECLINED;
    }
}
