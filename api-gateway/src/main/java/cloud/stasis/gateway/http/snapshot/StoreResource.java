package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.catalog.StoreOrders;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.ImageCommand.CopyDirection;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StateBackupId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// The image store and its peers, for operators.
@Path("snapshot/v1/store")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "store", description = "The image store: what it holds, and copies of it at other sites (administrators)")
public class StoreResource {
    private static final int MAX_NAME = 255;
    /// `snapshot/` and a UUID.
    private static final int MAX_BUNDLE = 64;

    private static final String[] CHOICE = {"bundles", "name", "owner", "kind", "project"};

    private final CurrentRequest request;
    private final StoreOrders orders;
    private final Clock clock;

    StoreResource(CurrentRequest request, StoreOrders orders, Clock clock) {
        this.request = request;
        this.orders = orders;
        this.clock = clock;
    }

    /// The body of [#adopt], for its description. Without anything in it all bundles are meant.
    ///
    /// @param bundles `image/<id>`, `snapshot/<id>` or `state/<id>`; the rest is not looked at then
    /// @param name that people gave it; `*` stands for anything
    /// @param owner id of the project that the bundle says it belongs to
    /// @param kind `image`, `snapshot` or `state`; backups of the state are not meant unless it says so
    /// @param project to which all of it shall belong from now on
    public record Adoption(List<String> bundles, String name, String owner, String kind, String project) {}

    /// The body of [#pull] and [#push], for their description.
    ///
    /// @param peer as the image service's operator called it
    /// @param bytes_per_second zero or absent for no limit
    /// @param project to which what is pulled shall belong; the caller's if it is not said
    @Schema(requiredProperties = "peer")
    public record NewCopy(
            String peer,
            List<String> bundles,
            String name,
            String owner,
            String kind,
            String project,
            long bytes_per_second) {}

    @POST
    @Path("adopt")
    @Operation(summary = "Enter the bundles that the store has and that are not known here; as often as wanted")
    @RequestBody(content = @Content(schema = @Schema(implementation = Adoption.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response adopt(@Nullable JsonNode body) {
        Caller caller = operator();
        JsonFields fields = JsonFields.of(body).only(CHOICE);
        return accepted(orders.adopt(caller, choice(fields), project(fields)));
    }

    @POST
    @Path("pull")
    @Operation(summary = "Bring bundles of a peer here, with all that they need; only what is missing travels")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewCopy.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response pull(@Nullable JsonNode body) {
        return copy(CopyDirection.PULL, body);
    }

    @POST
    @Path("push")
    @Operation(summary = "Bring bundles to a peer, with all that they need; only what is missing travels")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewCopy.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response push(@Nullable JsonNode body) {
        return copy(CopyDirection.PUSH, body);
    }

    private Response copy(CopyDirection direction, @Nullable JsonNode body) {
        Caller caller = operator();
        JsonFields fields =
                JsonFields.of(body).only("bundles", "name", "owner", "kind", "project", "peer", "bytes_per_second");
        ImageCommand.CopyBundles order = new ImageCommand.CopyBundles(
                direction,
                fields.text("peer", MAX_BUNDLE),
                choice(fields),
                ByteCount.ofBytes(rate(body)),
                Optional.of(project(fields).orElse(caller.project())));
        return accepted(orders.copy(caller, order));
    }

    private Caller operator() {
        Caller caller = request.caller();
        SnapshotAction.OPERATE.check(caller);
        return caller;
    }

    private static BundleChoice choice(JsonFields fields) {
        List<ReferenceName> bundles = fields.has("bundles")
                ? fields.texts("bundles", BundleChoice.MAX_NAMED, MAX_BUNDLE).stream()
                        .map(StoreResource::bundle)
                        .toList()
                : List.of();
        return new BundleChoice(
                bundles,
                fields.optionalText("name", MAX_NAME),
                fields.optionalText("owner", MAX_NAME),
                fields.optionalText("kind", MAX_NAME).map(StoreResource::kind));
    }

    private static ReferenceName bundle(String text) {
        String[] words = text.split("/", 2);
        try {
            return switch (words[0]) {
                case "image" -> ReferenceName.of(ImageId.parse(words[words.length - 1]));
                case "snapshot" -> ReferenceName.of(SnapshotId.parse(words[words.length - 1]));
                case "state" -> ReferenceName.of(StateBackupId.parse(words[words.length - 1]));
                default -> throw new FaultException(400, "A bundle is image/<id>, snapshot/<id> or state/<id>.");
            };
        } catch (StasisException e) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "A bundle is image/<id>, snapshot/<id> or state/<id>.", e);
        }
    }

    private static ReferenceName.Kind kind(String text) {
        return switch (text) {
            case "image" -> ReferenceName.Kind.IMAGE;
            case "snapshot" -> ReferenceName.Kind.SNAPSHOT;
            case "state" -> ReferenceName.Kind.STATE;
            default -> throw new FaultException(400, "kind must be image, snapshot or state.");
        };
    }

    private static Optional<ProjectId> project(JsonFields fields) {
        return fields.optionalText("project", MAX_NAME).map(ProjectId::new);
    }

    private static long rate(@Nullable JsonNode body) {
        JsonNode rate = body == null ? null : body.get("bytes_per_second");
        if (rate == null || rate.isNull()) {
            return 0;
        }
        if (!rate.isIntegralNumber() || !rate.canConvertToLong() || rate.asLong() < 0) {
            throw new FaultException(400, "bytes_per_second must be a number that is not negative.");
        }
        return rate.asLong();
    }

    private Response accepted(Job job) {
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }
}
