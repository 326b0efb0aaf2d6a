package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Transfer;
import cloud.stasis.gateway.volume.Transfers;
import cloud.stasis.gateway.volume.Transfers.Offer;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Volumes that change their owner. Two paths: the old one, and from version 3.55 on the one that may leave
/// snapshots behind.
@Path("volume/v3/{project}/{kind:os-volume-transfer|volume-transfers}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class TransfersResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final VolumeDoor door;
    private final Transfers transfers;
    private final PublicUrls urls;

    TransfersResource(VolumeDoor door, Transfers transfers, PublicUrls urls) {
        this.door = door;
        this.transfers = transfers;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, uri, this::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, uri, this::detail);
    }

    private Map<String, Object> page(String project, UriInfo uri, ShelfPage.Writer<Transfer> write) {
        Caller caller = door.enter(project, VolumeAction.READ);
        return ShelfPage.<Transfer>of(uri, "transfers", urls.of("/" + uri.getPath()))
                .filter("volume_id", transfer -> transfer.volume().toString())
                .write(scope -> transfers.list(caller, scope), write);
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("transfer").object("transfer");
        boolean without = door.version().atLeast(3, 55)
                && fields.optionalLooseFlag("no_snapshots").orElse(false);
        Offer offer = transfers.offer(
                caller,
                VolumesResource.id(fields.text("volume_id", MAX_TEXT)),
                fields.optionalText("name", MAX_TEXT),
                without ? Transfer.Snapshots.WITHOUT : Transfer.Snapshots.WITH);
        Map<String, Object> shown = detail(offer.transfer());
        shown.put("auth_key", offer.secret());
        return Response.accepted(Map.of("transfer", shown)).build();
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = door.enter(project, VolumeAction.READ);
        return Map.of("transfer", detail(transfers.show(caller, BackupsResource.id(id))));
    }

    @POST
    @Path("{id}/accept")
    public Response accept(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE);
        String secret = JsonFields.of(body).only("accept").object("accept").text("auth_key", MAX_TEXT);
        Transfer taken = transfers.accept(caller, BackupsResource.id(id), secret);
        return Response.accepted(Map.of("transfer", summary(taken))).build();
    }

    @DELETE
    @Path("{id}")
    public Response withdraw(@PathParam("project") String project, @PathParam("id") String id) {
        transfers.withdraw(door.enter(project, VolumeAction.CHANGE), BackupsResource.id(id));
        return Response.accepted().build();
    }

    private Map<String, Object> summary(Transfer transfer) {
        String path = "/v3/" + transfer.project() + "/os-volume-transfer/" + transfer.key();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", transfer.key().toString());
        body.put("volume_id", transfer.volume().toString());
        body.put("name", transfer.name().orElse(null));
        body.put(
                "links",
                List.of(
                        Map.of("rel", "self", "href", urls.of("/volume" + path)),
                        Map.of("rel", "bookmark", "href", urls.of("/volume" + path.substring(3)))));
        return body;
    }

    private Map<String, Object> detail(Transfer transfer) {
        Map<String, Object> body = summary(transfer);
        body.put("created_at", VolumeBody.time(transfer.createdAt()));
        if (door.version().atLeast(3, 55)) {
            body.put("no_snapshots", transfer.snapshots() == Transfer.Snapshots.WITHOUT);
        }
        if (door.version().atLeast(3, 57)) {
            body.put("source_project_id", transfer.project().value());
            body.put("destination_project_id", null);
            body.put("accepted", false);
        }
        return body;
    }
}
