package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeQuery;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
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
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Volumes: list, create blank ones, show, update, delete.
@Path("volume/v3/{project}/volumes")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumesResource {
    private static final int MAX_TEXT = 255;
    private static final int MAX_DESCRIPTION = 255;

    private final CurrentRequest request;
    private final VolumeCatalog volumes;
    private final VolumeBody bodies;
    private final PublicUrls urls;

    VolumesResource(CurrentRequest request, VolumeCatalog volumes, VolumeBody bodies, PublicUrls urls) {
        this.request = request;
        this.volumes = volumes;
        this.bodies = bodies;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "volumes", uri, bodies::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        Caller caller = reader(project);
        return page(project, "volumes/detail", uri, volume -> bodies.detail(volume, caller, request.microversion()));
    }

    @GET
    @Path("summary")
    public Map<String, Object> summary(@PathParam("project") String project) {
        Caller caller = reader(project);
        List<Volume> all = volumes.list(new VolumeQuery(
                Optional.of(caller.project()), Optional.empty(), Optional.empty(), Optional.empty(), 0, Page.MAXIMUM));
        long size =
                all.stream().mapToLong(volume -> volume.size().gibRoundedUp()).sum();
        return Map.of("volume-summary", Map.of("total_count", all.size(), "total_size", size, "metadata", Map.of()));
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = writer(project);
        JsonFields fields =
                JsonFields.of(body).only("volume", "OS-SCH-HNT:scheduler_hints").object("volume");
        for (String source : List.of("snapshot_id", "source_volid", "imageRef", "backup_id", "group_id")) {
            if (fields.optionalText(source, MAX_TEXT).isPresent()) {
                throw new FaultException(501, "Volumes can so far only be made blank, not from " + source + ".");
            }
        }
        int gib = fields.optionalNumber("size")
                .filter(size -> size > 0)
                .orElseThrow(() -> new FaultException(
                        400, "Invalid input received: Invalid volume size provided for create request."));
        if (gib > VolumeCatalog.MAX_GIB) {
            throw new FaultException(
                    400, "Invalid input received: size must be at most " + VolumeCatalog.MAX_GIB + ".");
        }
        Label label = new Label(
                fields.optionalText("name", MAX_TEXT).orElse("").strip(),
                fields.optionalText("description", MAX_DESCRIPTION),
                fields.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(Map.of()));
        Volume made = volumes.create(caller, label, ByteCount.ofGib(gib));
        return Response.accepted(Map.of("volume", bodies.detail(made, caller, request.microversion())))
                .build();
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = reader(project);
        return Map.of("volume", bodies.detail(volumes.show(caller, id(id)), caller, request.microversion()));
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
        return Map.of("volume", bodies.detail(changed, caller, request.microversion()));
    }

    @DELETE
    @Path("{id}")
    public Response delete(@PathParam("project") String project, @PathParam("id") String id) {
        volumes.delete(writer(project), id(id));
        return Response.accepted().build();
    }

    private Map<String, Object> page(
            String project, String path, UriInfo uri, Function<Volume, Map<String, Object>> write) {
        Caller caller = reader(project);
        MultivaluedMap<String, String> given = uri.getQueryParameters();
        Page page = Page.of(given.getFirst("limit"), given.getFirst("marker"), Page.MAXIMUM, Page.MAXIMUM);
        Map<String, Object> body = new LinkedHashMap<>();
        if (page.limit() == 0) {
            body.put("volumes", List.of());
            return body;
        }
        Optional<VolumeId> marker = page.marker().map(VolumesResource::id);
        marker.ifPresent(after -> volumes.show(caller, after));
        boolean all = caller.isAdmin() && isTrue(given.getFirst("all_tenants"));
        List<Volume> found = volumes.list(new VolumeQuery(
                all ? Optional.empty() : Optional.of(caller.project()),
                Optional.ofNullable(given.getFirst("name")),
                Optional.ofNullable(given.getFirst("status")),
                marker,
                offset(given.getFirst("offset")),
                page.rows()));
        List<Volume> shown = found.subList(0, Math.min(found.size(), page.limit()));
        body.put("volumes", shown.stream().map(write).toList());
        if (found.size() > shown.size()) {
            String next = PageLinks.next(
                    "/volume/v3/" + project + "/" + path,
                    given,
                    shown.getLast().id().toString());
            body.put("volumes_links", List.of(Map.of("rel", "next", "href", urls.of(next))));
        }
        return body;
    }

    private Caller reader(String project) {
        Caller caller = request.caller();
        if (!project.equals(caller.project().value())) {
            throw new FaultException(400, "Malformed request url");
        }
        return caller;
    }

    private Caller writer(String project) {
        Caller caller = reader(project);
        if (!caller.isAdmin() && !caller.roles().contains("member")) {
            throw new StasisException(ErrorCode.ACCESS_DENIED, "Policy doesn't allow volume:create to be performed.");
        }
        return caller;
    }

    private static VolumeId id(String text) {
        return PathId.of(text, VolumeId::parse, ErrorCode.VOLUME_NOT_FOUND);
    }

    private static boolean isTrue(@Nullable String flag) {
        return flag != null && (flag.equals("1") || flag.equalsIgnoreCase("true"));
    }

    private static int offset(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return 0;
        }
        try {
            int offset = Integer.parseInt(text);
            if (offset >= 0) {
                return offset;
            }
        } catch (NumberFormatException e) {
            // As a negative one.
        }
        throw new FaultException(400, "offset must be a whole number that is not negative: " + Faults.shortened(text));
    }
}
