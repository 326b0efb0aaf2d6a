package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Adoptions;
import cloud.stasis.gateway.volume.BackendMark;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.messages.LooseFile;
import cloud.stasis.model.SourceName;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Files that operators put beside the volumes of a backend: which there are, and to make volumes and snapshots of
/// them ("manage"). The way back is an action of those. The newer of the two paths is there from version 3.8 on.
@Path("volume/v3/{project}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class AdoptionsResource {
    private static final String SOURCE_NAME = "source-name";
    private static final String VOLUMES = "manageable_volumes";
    private static final String SNAPSHOTS = "manageable_snapshots";

    private final VolumeDoor door;
    private final Adoptions adoptions;
    private final Fleet fleet;
    private final Shelf<BackendMark> marks;
    private final VolumeTypeCatalog types;
    private final VolumeBody bodies;
    private final Clock clock;

    AdoptionsResource(
            VolumeDoor door,
            Adoptions adoptions,
            Fleet fleet,
            Shelf<BackendMark> marks,
            VolumeTypeCatalog types,
            VolumeBody bodies,
            Clock clock) {
        this.door = door;
        this.adoptions = adoptions;
        this.fleet = fleet;
        this.marks = marks;
        this.types = types;
        this.bodies = bodies;
        this.clock = clock;
    }

    @POST
    @Path("{list:os-volume-manage|manageable_volumes}")
    public Response adoptVolume(
            @PathParam("project") String project, @PathParam("list") String list, @Nullable JsonNode body) {
        Caller caller = enter(project, list);
        JsonFields asked = JsonFields.of(body).only("volume").object("volume");
        asked.only(
                "host",
                "cluster",
                "ref",
                "name",
                "description",
                "volume_type",
                "availability_zone",
                "metadata",
                "bootable");
        SourceName source = source(asked);
        Backend backend = usable(asked.optionalText("host", Metadata.MAX_TEXT));
        Optional<VolumeTypeId> type = asked.optionalText("volume_type", Metadata.MAX_TEXT)
                .map(name -> types.usable(caller, name).id());
        boolean isBootable = asked.optionalLooseFlag("bootable").orElse(false);
        Volume made = adoptions.adopt(
                caller,
                backend,
                source,
                new Adoptions.Adopted(label(asked), type, new Volume.Use(isBootable, Volume.Access.READ_WRITE)));
        return Response.accepted(Map.of("volume", bodies.made(made, caller, door.version())))
                .build();
    }

    @POST
    @Path("{list:os-snapshot-manage|manageable_snapshots}")
    public Response adoptSnapshot(
            @PathParam("project") String project, @PathParam("list") String list, @Nullable JsonNode body) {
        Caller caller = enter(project, list);
        JsonFields asked = JsonFields.of(body).only("snapshot").object("snapshot");
        asked.only("volume_id", "ref", "name", "description", "metadata");
        SourceName source = source(asked);
        VolumeSnapshot made = adoptions.adopt(
                caller, VolumesResource.id(asked.text("volume_id", Metadata.MAX_TEXT)), source, label(asked));
        return Response.accepted(Map.of("snapshot", VolumeSnapshotsResource.summary(made, door.version())))
                .build();
    }

    @GET
    @Path("{list:os-volume-manage|manageable_volumes}")
    public Map<String, Object> volumes(
            @PathParam("project") String project, @PathParam("list") String list, @Context UriInfo uri) {
        enter(project, list);
        return Map.of("manageable-volumes", page(uri, AdoptionsResource::summary));
    }

    @GET
    @Path("{list:os-volume-manage|manageable_volumes}/detail")
    public Map<String, Object> volumesInDetail(
            @PathParam("project") String project, @PathParam("list") String list, @Context UriInfo uri) {
        enter(project, list);
        return Map.of("manageable-volumes", page(uri, AdoptionsResource::detail));
    }

    @GET
    @Path("{list:os-snapshot-manage|manageable_snapshots}")
    public Map<String, Object> snapshots(
            @PathParam("project") String project, @PathParam("list") String list, @Context UriInfo uri) {
        enter(project, list);
        return Map.of("manageable-snapshots", page(uri, file -> ofAny(summary(file))));
    }

    @GET
    @Path("{list:os-snapshot-manage|manageable_snapshots}/detail")
    public Map<String, Object> snapshotsInDetail(
            @PathParam("project") String project, @PathParam("list") String list, @Context UriInfo uri) {
        enter(project, list);
        return Map.of("manageable-snapshots", page(uri, file -> ofAny(detail(file))));
    }

    private Caller enter(String project, String list) {
        if (list.equals(VOLUMES) || list.equals(SNAPSHOTS)) {
            door.requireVersion(3, 8);
        }
        return door.enter(project, VolumeAction.MANAGE);
    }

    private static SourceName source(JsonFields asked) {
        JsonFields reference = asked.object("ref");
        if (!reference.has(SOURCE_NAME)) {
            throw new FaultException(400, "Reference must contain source-name element.");
        }
        return new SourceName(reference.only(SOURCE_NAME).text(SOURCE_NAME, Metadata.MAX_TEXT));
    }

    private static Label label(JsonFields asked) {
        return new Label(
                asked.optionalText("name", Label.MAX_NAME).orElse("").strip(),
                asked.optionalText("description", Metadata.MAX_TEXT),
                asked.optionalTextMap("metadata", Metadata.MAX_TEXT, Metadata.MAX_TEXT)
                        .orElse(Map.of()));
    }

    /// One that takes new volumes.
    private Backend usable(Optional<String> host) {
        Backend backend = at(host);
        if (marks.find(BackendMark.keyOf(backend.id())).isPresent()) {
            throw new FaultException(400, "Invalid input received: the host is disabled: enable it first.");
        }
        if (!backend.isAlive(clock.instant())) {
            throw new FaultException(503, "Service is unavailable at this time.");
        }
        return backend;
    }

    private Backend at(Optional<String> named) {
        String host = named.filter(name -> !name.isEmpty())
                .orElseThrow(() -> new FaultException(400, "Name the host: there are no clusters."));
        return fleet.backends().stream()
                .filter(backend -> BackendsResource.isAt(backend, host.replaceAll("#.*", "")))
                .findFirst()
                .orElseThrow(
                        () -> new FaultException(404, "Service " + Faults.shortened(host) + " could not be found."));
    }

    private interface Written {
        Map<String, Object> of(LooseFile file);
    }

    private List<Map<String, Object>> page(UriInfo uri, Written written) {
        MultivaluedMap<String, String> given = uri.getQueryParameters();
        Page page = Page.of(given.getFirst("limit"), given.getFirst("marker"), Page.MAXIMUM, Page.MAXIMUM);
        int offset = Page.of(given.getFirst("offset"), null, 0, Page.MAXIMUM).limit();
        List<LooseFile> found =
                new ArrayList<>(at(Optional.ofNullable(given.getFirst("host"))).loose());
        found.sort(order(Optional.ofNullable(given.getFirst("sort")).orElse("reference:asc")));
        return found.stream()
                .filter(file -> page.marker()
                        .map(marker -> file.name().value().compareTo(marker) > 0)
                        .orElse(true))
                .skip(offset)
                .limit(page.limit())
                .map(written::of)
                .toList();
    }

    private static Comparator<LooseFile> order(String asked) {
        String[] parts = asked.split(":", 2);
        Comparator<LooseFile> order =
                switch (parts[0]) {
                    case "size" ->
                        Comparator.comparing(LooseFile::size)
                                .thenComparing(file -> file.name().value());
                    case "reference" -> Comparator.comparing(file -> file.name().value());
                    default -> throw new FaultException(400, "Invalid sort keys passed: size and reference are known.");
                };
        return parts.length > 1 && parts[1].equals("desc") ? order.reversed() : order;
    }

    private static Map<String, Object> summary(LooseFile file) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("reference", Map.of(SOURCE_NAME, file.name().value()));
        body.put("size", file.size().gibRoundedUp());
        body.put("safe_to_manage", file.obstacle().isEmpty());
        return body;
    }

    private static Map<String, Object> detail(LooseFile file) {
        Map<String, Object> body = summary(file);
        body.put("reason_not_safe", file.obstacle().orElse(null));
        body.put("cinder_id", null);
        body.put("extra_info", null);
        return body;
    }

    /// A file does not say of which volume it is.
    private static Map<String, Object> ofAny(Map<String, Object> body) {
        body.put("source_reference", Map.of());
        return body;
    }
}
