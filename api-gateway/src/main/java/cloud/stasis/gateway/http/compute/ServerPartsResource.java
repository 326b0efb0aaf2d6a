package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Servers;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobQuery;
import cloud.stasis.gateway.job.JobState;
import cloud.stasis.gateway.job.Jobs;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What belongs to one server: its history, its addresses, and the security groups that it does not have.
@Path("compute/v2.1/servers/{id}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ServerPartsResource {
    private static final int IPV4 = 4;

    private final CurrentRequest request;
    private final Servers servers;
    private final Jobs jobs;
    private final ServerBody bodies;

    ServerPartsResource(CurrentRequest request, Servers servers, Jobs jobs, ServerBody bodies) {
        this.request = request;
        this.servers = servers;
        this.jobs = jobs;
        this.bodies = bodies;
    }

    /// The administrator's password that the guest reported: none, there is no way out of the guest for it.
    @GET
    @Path("os-server-password")
    public Map<String, Object> password(@PathParam("id") String id) {
        shown(id);
        return Map.of("password", "");
    }

    @DELETE
    @Path("os-server-password")
    public void forgetPassword(@PathParam("id") String id) {
        ComputeAction.CHANGE_SERVERS.check(request.caller());
        shown(id);
    }

    @GET
    @Path("os-instance-actions")
    public Map<String, Object> actions(@PathParam("id") String id) {
        Instance instance = everShown(id);
        return Map.of(
                "instanceActions",
                jobs.list(JobQuery.ofServer(instance.project(), instance.id(), Page.MAXIMUM)).stream()
                        .map(job -> action(instance, job))
                        .toList());
    }

    @GET
    @Path("os-instance-actions/{requestId}")
    public Map<String, Object> action(@PathParam("id") String id, @PathParam("requestId") String requestId) {
        Instance instance = everShown(id);
        Job job = jobs.list(JobQuery.ofServer(instance.project(), instance.id(), Page.MAXIMUM)).stream()
                .filter(candidate -> candidate.requestId().equals(requestId))
                .findFirst()
                .orElseThrow(() -> new FaultException(404, "Action for request_id not found on this server."));
        Map<String, Object> body = action(instance, job);
        if (request.caller().isAdmin() || request.microversion().atLeast(2, 51)) {
            body.put("events", List.of(event(job)));
        }
        return Map.of("instanceAction", body);
    }

    @GET
    @Path("ips")
    public Map<String, Object> addresses(@PathParam("id") String id) {
        return Map.of(
                "addresses",
                bodies.addresses(shown(id)).entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, network -> plain(network.getValue()))));
    }

    @GET
    @Path("ips/{network}")
    public Map<String, Object> addresses(@PathParam("id") String id, @PathParam("network") String network) {
        Object found = bodies.addresses(shown(id)).get(network);
        if (found == null) {
            throw new FaultException(404, "Network label is not found");
        }
        return Map.of(network, plain(found));
    }

    /// Here without what extensions say in the body of a server.
    private static List<Map<String, Object>> plain(Object addresses) {
        List<Map<String, Object>> plain = new ArrayList<>();
        if (addresses instanceof List<?> list) {
            for (Object one : list) {
                if (one instanceof Map<?, ?> address) {
                    plain.add(Map.of("addr", String.valueOf(address.get("addr")), "version", IPV4));
                }
            }
        }
        return plain;
    }

    @GET
    @Path("os-security-groups")
    public Map<String, Object> securityGroups(@PathParam("id") String id) {
        shown(id);
        return Map.of("security_groups", List.of());
    }

    private Instance shown(String id) {
        ComputeAction.READ_SERVERS.check(request.caller());
        return servers.show(request.caller(), ServersResource.id(id));
    }

    /// What was done with a server outlives it.
    private Instance everShown(String id) {
        if (!request.microversion().atLeast(2, 21)) {
            return shown(id);
        }
        ComputeAction.READ_SERVERS.check(request.caller());
        return servers.showEver(request.caller(), ServersResource.id(id));
    }

    private Map<String, Object> action(Instance instance, Job job) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("action", job.kind().action());
        body.put("instance_uuid", instance.id().toString());
        body.put("request_id", job.requestId());
        body.put("user_id", job.user().value());
        body.put("project_id", job.project().value());
        body.put("start_time", Times.microseconds(job.createdAt()));
        body.put("message", hasFailed(job) ? "Error" : null);
        if (request.microversion().atLeast(2, 58)) {
            body.put("updated_at", Times.microseconds(job.updatedAt()));
        }
        return body;
    }

    /// A job is carried out as a whole, so that an action has one event, which is the host's.
    private Map<String, Object> event(Job job) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("event", "compute_" + job.kind().action());
        body.put("start_time", Times.microseconds(job.createdAt()));
        body.put("finish_time", job.finishedAt().map(Times::microseconds).orElse(null));
        body.put("result", job.state().isOver() ? hasFailed(job) ? "Error" : "Success" : null);
        if (request.caller().isAdmin()) {
            body.put("traceback", null);
        }
        if (request.microversion().atLeast(2, 62)) {
            body.put("hostId", "");
            if (request.caller().isAdmin()) {
                body.put("host", "");
            }
        }
        if (request.microversion().atLeast(2, 84)) {
            body.put("details", job.state() instanceof JobState.Failed(var cause) ? cause.message() : null);
        }
        return body;
    }

    private static boolean hasFailed(Job job) {
        return job.state() instanceof JobState.Failed || job.state() instanceof JobState.Stuck;
    }
}
