package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.QosSpecs;
import cloud.stasis.gateway.volume.QosSpecs.Consumer;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.VolumeType;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What operators promise for types of volumes, see [QosSpecs].
@Path("volume/v3/{project}/qos-specs")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class QosSpecsResource {
    private static final String WHAT = "QoS specs";
    private static final String BODY = "qos_specs";
    private static final String CONSUMER = "consumer";
    private static final int MAX_TEXT = Metadata.MAX_TEXT;
    /// Far more than there are kinds of limits.
    private static final int MAX_SPECS = 64;

    private final VolumeDoor door;
    private final Shelf<QosSpecs> shelf;
    private final VolumeTypeCatalog types;
    private final Transactions transactions;
    private final PublicUrls urls;
    private final Clock clock;

    QosSpecsResource(
            VolumeDoor door,
            Shelf<QosSpecs> shelf,
            VolumeTypeCatalog types,
            Transactions transactions,
            PublicUrls urls,
            Clock clock) {
        this.door = door;
        this.shelf = shelf;
        this.types = types;
        this.transactions = transactions;
        this.urls = urls;
        this.clock = clock;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project) {
        enter(project);
        return Map.of(BODY, shelf.all().stream().map(QosSpecsResource::body).toList());
    }

    @POST
    public Map<String, Object> create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = enter(project);
        Map<String, String> asked = new TreeMap<>(texts(body));
        String name = Optional.ofNullable(asked.remove("name"))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> new FaultException(400, "Invalid input: 'name' is a required property"));
        Consumer consumer = Optional.ofNullable(asked.remove(CONSUMER))
                .map(QosSpecsResource::consumer)
                .orElse(Consumer.BACK_END);
        QosSpecs made =
                new QosSpecs(UUID.randomUUID(), caller.project(), name, consumer, asked, Set.of(), clock.instant());
        transactions.run(() -> {
            if (shelf.all().stream().anyMatch(other -> other.name().equals(name))) {
                throw new FaultException(409, "QoS specs " + Faults.shortened(name) + " already exists.");
            }
            shelf.add(made);
        });
        return shown(made);
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        return shown(shelf.visible(enter(project), BackupsResource.id(id), WHAT));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> set(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> asked = texts(body);
        change(project, id, before -> {
            Map<String, String> specs = Metadata.merged(before.specs(), asked);
            specs.remove(CONSUMER);
            return before.saying(
                    Optional.ofNullable(asked.get(CONSUMER))
                            .map(QosSpecsResource::consumer)
                            .orElse(before.consumer()),
                    requireFew(specs));
        });
        return Map.of(BODY, asked);
    }

    @PUT
    @Path("{id}/delete_keys")
    public Response unset(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        List<String> keys = JsonFields.of(body).only("keys").texts("keys", MAX_SPECS, MAX_TEXT);
        return change(project, id, before -> {
            Map<String, String> specs = before.specs();
            for (String key : keys) {
                specs = Metadata.without(specs, key);
            }
            return before.saying(before.consumer(), specs);
        });
    }

    @DELETE
    @Path("{id}")
    public Response remove(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @QueryParam("force") @Nullable String force) {
        Caller caller = enter(project);
        transactions.run(() -> {
            QosSpecs gone = shelf.lockVisible(caller, BackupsResource.id(id), WHAT);
            if (!"true".equalsIgnoreCase(force) && !associated(caller, gone).isEmpty()) {
                throw new FaultException(400, "QoS specs " + gone.key() + " is still associated with entities.");
            }
            shelf.remove(gone.key());
        });
        return Response.accepted().build();
    }

    @GET
    @Path("{id}/associations")
    public Map<String, Object> associations(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = enter(project);
        return Map.of(
                "qos_associations",
                associated(caller, shelf.visible(caller, BackupsResource.id(id), WHAT)).stream()
                        .map(type -> Map.of(
                                "association_type", "volume_type",
                                "name", type.name(),
                                "id", type.id().toString()))
                        .toList());
    }

    /// A type has one at most.
    @GET
    @Path("{id}/associate")
    public Response associate(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @QueryParam("vol_type_id") @Nullable String type) {
        VolumeType asked = type(enter(project), type);
        return change(project, id, before -> {
            boolean taken = shelf.all().stream()
                    .anyMatch(other ->
                            !other.key().equals(before.key()) && other.types().contains(asked.id()));
            if (taken) {
                throw new FaultException(400, "Type " + asked.id() + " is associated with other QoS specs already.");
            }
            return before.with(asked.id());
        });
    }

    @GET
    @Path("{id}/disassociate")
    public Response disassociate(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @QueryParam("vol_type_id") @Nullable String type) {
        VolumeType asked = type(enter(project), type);
        return change(project, id, before -> before.without(asked.id()));
    }

    @GET
    @Path("{id}/disassociate_all")
    public Response disassociateAll(@PathParam("project") String project, @PathParam("id") String id) {
        return change(project, id, before -> before.of(Set.of()));
    }

    private Response change(String project, String id, UnaryOperator<QosSpecs> edit) {
        Caller caller = enter(project);
        transactions.run(() -> shelf.save(edit.apply(shelf.lockVisible(caller, BackupsResource.id(id), WHAT))));
        return Response.accepted().build();
    }

    private Caller enter(String project) {
        return door.enter(project, VolumeAction.CHANGE_TYPES);
    }

    private VolumeType type(Caller caller, @Nullable String id) {
        return types.show(caller, VolumeTypesResource.id(id == null ? "" : id));
    }

    /// Without types that were deleted since.
    private List<VolumeType> associated(Caller caller, QosSpecs specs) {
        return types.list(caller).stream()
                .filter(type -> specs.types().contains(type.id()))
                .toList();
    }

    private static Map<String, String> texts(@Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body).only(BODY).object(BODY);
        return requireFew(
                fields.names().stream().collect(Collectors.toMap(name -> name, name -> fields.text(name, MAX_TEXT))));
    }

    private static Map<String, String> requireFew(Map<String, String> specs) {
        if (specs.size() > MAX_SPECS) {
            throw new FaultException(400, "Invalid input: there are more than " + MAX_SPECS + " properties.");
        }
        return specs;
    }

    private static Consumer consumer(String word) {
        return switch (word) {
            case "front-end" -> Consumer.FRONT_END;
            case "back-end" -> Consumer.BACK_END;
            case "both" -> Consumer.BOTH;
            default -> throw new FaultException(400, "Invalid input: consumer must be front-end, back-end or both.");
        };
    }

    private Map<String, Object> shown(QosSpecs specs) {
        String path = "/v3/" + specs.project() + "/qos-specs/" + specs.key();
        return Map.of(
                BODY,
                body(specs),
                "links",
                List.of(
                        Map.of("rel", "self", "href", urls.of("/volume" + path)),
                        Map.of("rel", "bookmark", "href", urls.of("/volume" + path.substring(3)))));
    }

    private static Map<String, Object> body(QosSpecs specs) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", specs.key().toString());
        body.put("name", specs.name());
        body.put(CONSUMER, specs.consumer().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        body.put("specs", new TreeMap<>(specs.specs()));
        return body;
    }
}
