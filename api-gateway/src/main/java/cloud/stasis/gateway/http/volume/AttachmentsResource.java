package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Claim;
import cloud.stasis.gateway.volume.Claim.Mode;
import cloud.stasis.gateway.volume.Claim.Stage;
import cloud.stasis.gateway.volume.Claims;
import cloud.stasis.gateway.volume.Claims.NewClaim;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Claims on volumes by somebody outside of this cloud, from version 3.27 on: reserve, connect, complete, let
/// go. What a connection needs is never told: volumes are files of their host, and only its agent opens them.
@Path("volume/v3/{project}/attachments")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class AttachmentsResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final VolumeDoor door;
    private final Claims claims;
    private final PublicUrls urls;

    AttachmentsResource(VolumeDoor door, Claims claims, PublicUrls urls) {
        this.door = door;
        this.claims = claims;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, uri, AttachmentsResource::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, uri, AttachmentsResource::detail);
    }

    private Map<String, Object> page(String project, UriInfo uri, ShelfPage.Writer<Claim> write) {
        Caller caller = enter(project, VolumeAction.READ);
        return ShelfPage.<Claim>of(uri, "attachments", urls.of("/" + uri.getPath()))
                .filter("status", AttachmentsResource::status)
                .filter("volume_id", claim -> claim.volume().toString())
                .filter("instance_id", claim -> claim.server().orElse(""))
                .write(scope -> claims.list(caller, scope), write);
    }

    @POST
    public Map<String, Object> create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("attachment").object("attachment");
        fields.only("volume_uuid", "instance_uuid", "connector", "mode");
        Optional<JsonFields> connector = fields.optionalObject("connector");
        boolean readOnly =
                fields.optionalText("mode", MAX_TEXT).filter("ro"::equals).isPresent();
        Claim made = claims.make(
                caller,
                new NewClaim(
                        VolumesResource.id(fields.text("volume_uuid", MAX_TEXT)),
                        fields.optionalText("instance_uuid", MAX_TEXT),
                        connector.flatMap(known -> known.optionalText("host", MAX_TEXT)),
                        connector.flatMap(known -> known.optionalText("mountpoint", MAX_TEXT)),
                        readOnly ? Mode.READ_ONLY : Mode.READ_WRITE),
                connector.isPresent() ? Stage.ATTACHING : Stage.RESERVED);
        return Map.of("attachment", detail(made));
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = enter(project, VolumeAction.READ);
        return Map.of("attachment", detail(claims.show(caller, BackupsResource.id(id))));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> update(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        JsonFields connector =
                JsonFields.of(body).only("attachment").object("attachment").object("connector");
        Claim next = claims.advance(
                caller, BackupsResource.id(id), Stage.ATTACHING, connector.optionalText("host", MAX_TEXT));
        return Map.of("attachment", detail(next));
    }

    @POST
    @Path("{id}/action")
    public Response act(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        door.requireVersion(3, 44);
        JsonFields.of(body).only("os-complete");
        claims.advance(caller, BackupsResource.id(id), Stage.ATTACHED, Optional.empty());
        return Response.noContent().build();
    }

    @DELETE
    @Path("{id}")
    public Map<String, Object> remove(@PathParam("project") String project, @PathParam("id") String id) {
        claims.remove(enter(project, VolumeAction.CHANGE), BackupsResource.id(id));
        return Map.of("attachments", List.of());
    }

    private Caller enter(String project, VolumeAction action) {
        Caller caller = door.enter(project, action);
        door.requireVersion(3, 27);
        return caller;
    }

    private static String status(Claim claim) {
        return claim.stage().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> summary(Claim claim) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", claim.key().toString());
        body.put("status", status(claim));
        body.put("instance", claim.server().orElse(null));
        body.put("volume_id", claim.volume().toString());
        return body;
    }

    private static Map<String, Object> detail(Claim claim) {
        Map<String, Object> body = summary(claim);
        body.put("attached_at", claim.stage() == Stage.ATTACHED ? VolumeBody.time(claim.createdAt()) : "");
        body.put("detached_at", "");
        body.put("attach_mode", claim.mode() == Mode.READ_ONLY ? "ro" : "rw");
        body.put("connection_info", Map.of());
        return body;
    }
}
