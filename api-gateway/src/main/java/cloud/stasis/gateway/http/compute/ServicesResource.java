package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.saga.Transactions;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The agents of hosts, one for each, and what operators say of them: whether new servers may come, whether one is
/// to count as down, and that one is no more. From 2.53 on a service is named by a UUID, before by a number, and for
/// changes by the names of its host and of its program.
@Path("compute/v2.1/os-services")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ServicesResource {
    private static final String BINARY = "nova-compute";
    private static final int MAX_TEXT = 255;
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private final CurrentRequest request;
    private final Fleet fleet;
    private final Instances instances;
    private final Transactions transactions;
    private final Clock clock;

    ServicesResource(CurrentRequest request, Fleet fleet, Instances instances, Transactions transactions, Clock clock) {
        this.request = request;
        this.fleet = fleet;
        this.instances = instances;
        this.transactions = transactions;
        this.clock = clock;
    }

    @GET
    public Map<String, Object> services(
            @QueryParam("host") @Nullable String host, @QueryParam("binary") @Nullable String binary) {
        ComputeAction.READ_HOSTS.check(request.caller());
        List<Map<String, Object>> services = fleet.hosts().stream()
                .filter(found -> host == null || found.id().value().equals(host))
                .filter(_ -> binary == null || binary.equals(BINARY))
                .map(this::body)
                .toList();
        return Map.of("services", services);
    }

    /// @param id of a service; before 2.53 what to do with the one that the body names
    @PUT
    @Path("{id}")
    public Map<String, Object> change(@PathParam("id") String id, @Nullable JsonNode body) {
        ComputeAction.CHANGE_SERVICES.check(request.caller());
        JsonFields fields = JsonFields.of(body);
        return Map.of(
                "service", request.microversion().atLeast(2, 53) ? changed(id, fields) : changedByName(id, fields));
    }

    /// Takes a host out of the fleet that carries nothing and is down: a living one would be heard of again at once.
    @DELETE
    @Path("{id}")
    public void forget(@PathParam("id") String id) {
        ComputeAction.CHANGE_SERVICES.check(request.caller());
        Microversion version = request.microversion();
        if (version.atLeast(2, 53)) {
            requireUuid(id);
        }
        transactions.run(() -> {
            Host host = locked(found -> id(found, version).toString().equals(id), missing(id));
            if (instances.loads().containsKey(host.id())) {
                throw new FaultException(
                        409, "Unable to delete compute service that is hosting instances. Delete the instances first.");
            }
            if (host.isAlive(clock.instant())) {
                throw new FaultException(
                        409, "Unable to delete compute service that is up. Stop the agent of its host first.");
            }
            fleet.forget(host.id());
        });
    }

    private static void requireUuid(String id) {
        if (!UUID_FORM.matcher(id).matches()) {
            throw new FaultException(400, "Invalid uuid " + Faults.shortened(id));
        }
    }

    private static String missing(String id) {
        return "Service " + Faults.shortened(id) + " could not be found.";
    }

    private Map<String, Object> changed(String id, JsonFields fields) {
        requireUuid(id);
        fields.only("status", "disabled_reason", "forced_down");
        Optional<String> status = fields.optionalText("status", MAX_TEXT);
        Optional<String> reason = fields.optionalText("disabled_reason", MAX_TEXT);
        Optional<Boolean> down = fields.optionalLooseFlag("forced_down");
        if (status.isEmpty() && down.isEmpty()) {
            throw new FaultException(
                    400, "No updates were requested. Fields 'status' or 'forced_down' should be specified.");
        }
        if (reason.isPresent() && !status.equals(Optional.of("disabled"))) {
            throw new FaultException(400, "Specifying 'disabled_reason' when status is 'enabled' is invalid.");
        }
        Host host = declare(found -> uuid(found).equals(id), missing(id), before -> {
            Host.Service next = down.map(before::forcedDown).orElse(before);
            return status.map(word -> switch (word) {
                        case "enabled" -> next.enabled();
                        case "disabled" -> next.disabled(reason);
                        default ->
                            throw new FaultException(
                                    400, "Invalid input for field/attribute status: enabled or disabled.");
                    })
                    .orElse(next);
        });
        return body(host);
    }

    private Map<String, Object> changedByName(String action, JsonFields fields) {
        Map<String, Object> answer = new LinkedHashMap<>();
        UnaryOperator<Host.Service> change =
                switch (action) {
                    case "enable" -> {
                        fields.only("host", "binary");
                        answer.put("status", "enabled");
                        yield Host.Service::enabled;
                    }
                    case "disable" -> {
                        fields.only("host", "binary");
                        answer.put("status", "disabled");
                        yield before -> before.disabled(Optional.empty());
                    }
                    case "disable-log-reason" -> {
                        String reason =
                                fields.only("host", "binary", "disabled_reason").text("disabled_reason", MAX_TEXT);
                        answer.put("status", "disabled");
                        answer.put("disabled_reason", reason);
                        yield before -> before.disabled(Optional.of(reason));
                    }
                    case "force-down" -> {
                        boolean down = forcedDown(fields.only("host", "binary", "forced_down"));
                        answer.put("forced_down", down);
                        yield before -> before.forcedDown(down);
                    }
                    default -> throw new FaultException(404, "Unknown action");
                };
        String host = fields.text("host", MAX_TEXT);
        String binary = fields.text("binary", MAX_TEXT);
        declare(
                found -> found.id().value().equals(host) && binary.equals(BINARY),
                "Could not find binary " + Faults.shortened(binary) + " on host " + Faults.shortened(host) + ".",
                change);
        answer.put("host", host);
        answer.put("binary", binary);
        return answer;
    }

    private boolean forcedDown(JsonFields fields) {
        if (!request.microversion().atLeast(2, 11)) {
            throw new FaultException(404, "Unknown action");
        }
        return fields.optionalLooseFlag("forced_down")
                .orElseThrow(() -> new FaultException(400, "Invalid input: forced_down is required."));
    }

    private Host declare(Predicate<Host> which, String missing, UnaryOperator<Host.Service> change) {
        return transactions.call(() -> {
            Host host = locked(which, missing);
            Host.Service next = change.apply(host.service());
            fleet.declare(host.id(), next);
            return host.serving(next);
        });
    }

    private Host locked(Predicate<Host> which, String missing) {
        return fleet.lockHosts().stream().filter(which).findFirst().orElseThrow(() -> new FaultException(404, missing));
    }

    private Map<String, Object> body(Host host) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id(host, request.microversion()));
        body.put("binary", BINARY);
        body.put("host", host.id().value());
        body.put("zone", ServerBody.ZONE);
        body.put("status", status(host));
        body.put("state", host.isAlive(clock.instant()) ? "up" : "down");
        body.put("updated_at", Times.microseconds(host.lastSeen()));
        body.put("disabled_reason", host.service().reason().orElse(null));
        if (request.microversion().atLeast(2, 11)) {
            body.put("forced_down", host.service().forcedDown());
        }
        return body;
    }

    static String status(Host host) {
        return host.service().takesServers() ? "enabled" : "disabled";
    }

    /// A number until 2.53, a UUID from then on.
    static Object id(Host host, Microversion version) {
        return version.atLeast(2, 53) ? uuid(host) : number(host);
    }

    /// Made from the host's name, which is what we know it by.
    static String uuid(Host host) {
        return UUID.nameUUIDFromBytes(host.id().value().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static int number(Host host) {
        return (host.id().value().hashCode() & Integer.MAX_VALUE) % 1_000_000 + 1;
    }
}
