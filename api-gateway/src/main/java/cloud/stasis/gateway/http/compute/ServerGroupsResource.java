package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.ServerGroup;
import cloud.stasis.gateway.compute.ServerGroup.Policy;
import cloud.stasis.gateway.compute.ServerGroupCatalog;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Groups of servers. Before 2.64 a group has a list of one policy, from then on one policy with rules.
@Path("compute/v2.1/os-server-groups")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ServerGroupsResource {
    private static final int MAX_TEXT = 255;

    private final CurrentRequest request;
    private final ServerGroupCatalog groups;

    ServerGroupsResource(CurrentRequest request, ServerGroupCatalog groups) {
        this.request = request;
        this.groups = groups;
    }

    @GET
    public Map<String, Object> list(
            @Nullable @QueryParam("all_projects") String everybody,
            @Nullable @QueryParam("limit") String limit,
            @Nullable @QueryParam("offset") String offset) {
        ComputeAction.READ_SERVER_GROUPS.check(request.caller());
        if (everybody != null) {
            ComputeAction.READ_SERVER_GROUPS_OF_ALL.check(request.caller());
        }
        int rows = Page.of(limit, null, Page.MAXIMUM, Page.MAXIMUM).limit();
        int skipped = Page.of(offset, null, 0, Integer.MAX_VALUE - Page.MAXIMUM).limit();
        return Map.of(
                "server_groups",
                groups.list(request.caller(), everybody != null, skipped, rows).stream()
                        .map(this::body)
                        .toList());
    }

    @POST
    public Map<String, Object> add(@Nullable JsonNode body) {
        ComputeAction.CHANGE_SERVER_GROUPS.check(request.caller());
        JsonFields asked = JsonFields.of(body).only("server_group").object("server_group");
        boolean rules = request.microversion().atLeast(2, 64);
        String name = asked.only("name", rules ? "policy" : "policies", rules ? "rules" : "policies")
                .text("name", MAX_TEXT)
                .strip();
        if (rules) {
            Policy policy = policy(asked.text("policy", MAX_TEXT));
            return Map.of("server_group", body(groups.add(request.caller(), name, policy, maxPerHost(asked, policy))));
        }
        List<String> policies = asked.texts("policies", 1, MAX_TEXT);
        if (policies.size() != 1) {
            throw new FaultException(400, "Invalid input for field/attribute policies: exactly one is required.");
        }
        return Map.of("server_group", body(groups.add(request.caller(), name, policy(policies.getFirst()), 1)));
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        ComputeAction.READ_SERVER_GROUPS.check(request.caller());
        return Map.of("server_group", body(groups.show(request.caller(), id(id))));
    }

    @DELETE
    @Path("{id}")
    public void remove(@PathParam("id") String id) {
        ComputeAction.CHANGE_SERVER_GROUPS.check(request.caller());
        groups.remove(request.caller(), id(id));
    }

    private static int maxPerHost(JsonFields asked, Policy policy) {
        Optional<Integer> most = asked.optionalObject("rules")
                .flatMap(rules -> rules.only("max_server_per_host").optionalNumber("max_server_per_host"));
        if (most.isPresent() && (policy != Policy.ANTI_AFFINITY || most.get() < 1)) {
            throw new FaultException(
                    400, "max_server_per_host goes with the policy anti-affinity only, and is at least 1.");
        }
        return most.orElse(1);
    }

    private Policy policy(String word) {
        boolean soft = request.microversion().atLeast(2, 15);
        for (Policy policy : Policy.values()) {
            if (policy.word().equals(word) && (soft || policy == Policy.AFFINITY || policy == Policy.ANTI_AFFINITY)) {
                return policy;
            }
        }
        throw new FaultException(400, "Invalid input for field/attribute policy. Value: " + Faults.shortened(word));
    }

    private Map<String, Object> body(ServerGroup group) {
        Microversion version = request.microversion();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", group.id().toString());
        body.put("name", group.name());
        if (version.atLeast(2, 64)) {
            body.put("policy", group.policy().word());
            body.put(
                    "rules",
                    group.policy() == Policy.ANTI_AFFINITY && group.maxPerHost() != 1
                            ? Map.of("max_server_per_host", group.maxPerHost())
                            : Map.of());
        } else {
            body.put("policies", List.of(group.policy().word()));
            body.put("metadata", Map.of());
        }
        body.put(
                "members",
                groups.members(group).stream().map(InstanceId::toString).toList());
        if (version.atLeast(2, 13)) {
            body.put("project_id", group.project().value());
            body.put("user_id", group.user().value());
        }
        return body;
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new StasisException(
                    ErrorCode.OBJECT_NOT_FOUND, "Instance group " + Faults.shortened(text) + " could not be found.", e);
        }
    }
}
