package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Keypairs;
import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.compute.ServerCreation;
import cloud.stasis.gateway.compute.ServerGroupCatalog;
import cloud.stasis.gateway.compute.Servers;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
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
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Servers: list, create, show, update, delete.
@Path("compute/v2.1/servers")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ServersResource {
    private final CurrentRequest request;
    private final Servers servers;
    private final ServerCreation creation;
    private final ServerGroupCatalog groups;
    private final Keypairs keypairs;
    private final ServerBody bodies;
    private final Links links;

    ServersResource(
            CurrentRequest request,
            Servers servers,
            ServerCreation creation,
            ServerGroupCatalog groups,
            Keypairs keypairs,
            ServerBody bodies,
            Links links) {
        this.request = request;
        this.servers = servers;
        this.creation = creation;
        this.groups = groups;
        this.keypairs = keypairs;
        this.bodies = bodies;
        this.links = links;
    }

    @GET
    public Map<String, Object> list(@Context UriInfo uri) {
        return page("servers", uri, found -> found.stream().map(bodies::summary).toList());
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@Context UriInfo uri) {
        Caller caller = request.caller();
        Microversion version = request.microversion();
        return page("servers/detail", uri, found -> {
            Map<InstanceId, List<Volume>> volumes = volumesByServer(found);
            return found.stream()
                    .map(instance ->
                            bodies.detail(instance, volumes.getOrDefault(instance.id(), List.of()), caller, version))
                    .toList();
        });
    }

    @POST
    public Response create(@Nullable JsonNode body) {
        Caller caller = request.caller();
        ComputeAction.CREATE_SERVERS.check(caller);
        ServerRequest asked = ServerRequest.of(body, request.microversion());
        asked.keyName().ifPresent(name -> {
            if (keypairs.find(caller.user(), name).isEmpty()) {
                throw new FaultException(400, "Invalid key_name provided.");
            }
        });
        List<Instance> made = creation.create(caller, asked.server());
        if (asked.wantsReservation()) {
            String reservation = "r-" + made.getFirst().id().toString().substring(0, 8);
            return Response.accepted(Map.of("reservation_id", reservation)).build();
        }
        Instance first = made.getFirst();
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("id", first.id().toString());
        server.put("links", links.of("servers/" + first.id()));
        server.put("OS-DCF:diskConfig", first.profile().remarks().diskConfig().name());
        server.put("security_groups", List.of(Map.of("name", "default")));
        // Nobody can log in with it: there is no way into the guest by which it could be set.
        server.put("adminPass", asked.adminPassword().orElseGet(() -> UUID.randomUUID()
                .toString()
                .substring(0, 12)));
        return Response.accepted(Map.of("server", server))
                .header("Location", links.server(first.id().toString()))
                .build();
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        ComputeAction.READ_SERVERS.check(request.caller());
        return Map.of("server", body(servers.show(request.caller(), id(id))));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> update(@PathParam("id") String id, @Nullable JsonNode body) {
        ComputeAction.CHANGE_SERVERS.check(request.caller());
        InstanceId server = id(id);
        servers.show(request.caller(), server);
        Microversion version = request.microversion();
        JsonFields fields = JsonFields.of(body).only("server").object("server");
        fields.only("name", "description", "hostname", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig");
        Optional<String> name = fields.has("name") ? Optional.of(ServerRequest.name(fields)) : Optional.empty();
        Optional<String> hostname = fields.optionalText("hostname", ServerRequest.MAX_TEXT);
        ServerRequest.remarks(fields, Remarks.NONE);
        Instance changed = servers.describe(request.caller(), server, profile -> {
            Profile named = name.map(profile::named).orElse(profile);
            Profile remarked = named.remarked(ServerRequest.remarks(fields, profile.remarks()));
            Profile hosted = hostname.map(remarked::hosted).orElse(remarked);
            return version.atLeast(2, 19) && fields.has("description")
                    ? hosted.described(fields.optionalText("description", ServerRequest.MAX_TEXT))
                    : hosted;
        });
        return Map.of("server", ServerBody.updated(body(changed), version));
    }

    @DELETE
    @Path("{id}")
    public void delete(@PathParam("id") String id) {
        ComputeAction.DELETE_SERVERS.check(request.caller());
        servers.delete(request.caller(), id(id));
    }

    static InstanceId id(String text) {
        try {
            return PathId.of(text, InstanceId::parse, ErrorCode.INSTANCE_NOT_FOUND);
        } catch (StasisException e) {
            throw new StasisException(ErrorCode.INSTANCE_NOT_FOUND, "Instance could not be found.", e);
        }
    }

    private Map<String, Object> body(Instance instance) {
        return bodies.alone(
                instance,
                servers.volumesOf(List.of(instance)),
                groups.of(instance.id()),
                request.caller(),
                request.microversion());
    }

    private Map<String, Object> page(
            String path, UriInfo uri, Function<List<Instance>, List<Map<String, Object>>> write) {
        Caller caller = request.caller();
        ComputeAction.READ_SERVERS.check(caller);
        ServerQuery query = ServerQuery.of(caller, request.microversion(), uri.getQueryParameters());
        query.query().after().ifPresent(marker -> requireMarker(caller, marker));
        Page page = query.page();
        Map<String, Object> body = new LinkedHashMap<>();
        if (page.limit() == 0) {
            body.put("servers", List.of());
            return body;
        }
        List<Instance> found = servers.list(query.query());
        List<Instance> shown = found.size() > page.limit() ? found.subList(0, page.limit()) : found;
        body.put("servers", write.apply(shown));
        if (found.size() > shown.size()) {
            String last = shown.getLast().id().toString();
            body.put("servers_links", links.next(path, uri.getQueryParameters(), last));
        }
        return body;
    }

    private void requireMarker(Caller caller, InstanceId marker) {
        try {
            servers.show(caller, marker);
        } catch (StasisException e) {
            throw ServerQuery.unknownMarker(marker.toString());
        }
    }

    private Map<InstanceId, List<Volume>> volumesByServer(List<Instance> found) {
        return servers.volumesOf(found).stream()
                .collect(Collectors.groupingBy(
                        volume -> volume.state().attached().orElseThrow().instance()));
    }
}
