package cloud.stasis.gateway.heart;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/// The compute and snapshot APIs as a tenant uses them.
@ApplicationScoped
public class Doors {
    private final TestCloud http = new TestCloud();
    private final Cloud cloud;
    private final FakeWorkers workers;

    Doors(Cloud cloud, FakeWorkers workers) {
        this.cloud = cloud;
        this.workers = workers;
    }

    public TestCloud http() {
        return http;
    }

    /// Workers are there and behave.
    public void open() {
        workers.start();
        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.await(
                "the host is known",
                () -> cloud.count("select count(*) from host") > 0
                        && cloud.count("select count(*) from storage_backend") > 0);
    }

    public ImageId image(Tenant tenant) {
        return cloud.image(new ProjectId(tenant.projectId()), Map.of("os_distro", "debian"));
    }

    public Answer compute(Tenant tenant, String method, String path, String body) {
        return http.call(tenant.token(), method, "/compute/v2.1" + path, body);
    }

    public Answer compute(Tenant tenant, String version, String method, String path, String body) {
        return http.call(
                tenant.token(), method, "/compute/v2.1" + path, body, "OpenStack-API-Version", "compute " + version);
    }

    public Answer snapshot(Tenant tenant, String method, String path, String body, String... headers) {
        return http.call(tenant.token(), method, "/snapshot/v1" + path, body, headers);
    }

    /// A server that runs.
    public String running(Tenant tenant, String name) {
        String id = created(tenant, name);
        awaitStatus(tenant, id, "ACTIVE");
        return id;
    }

    public String created(Tenant tenant, String name) {
        return created(tenant, name, "");
    }

    /// A member of a group.
    public String createdIn(Tenant tenant, String name, String group) {
        return created(tenant, name, ", \"os:scheduler_hints\": {\"group\": \"" + group + "\"}");
    }

    private String created(Tenant tenant, String name, String hints) {
        String body = """
                {"server": {"name": "%s", "imageRef": "%s", "flavorRef": "1", "metadata": {"tier": "gold"}}%s}
                """.formatted(name, image(tenant), hints);
        return compute(tenant, "POST", "/servers", body)
                .expect(202)
                .json()
                .at("/server/id")
                .asText();
    }

    public JsonNode server(Tenant tenant, String id) {
        return compute(tenant, "GET", "/servers/" + id, null).expect(200).json().path("server");
    }

    public void awaitStatus(Tenant tenant, String id, String status) {
        cloud.await("server is idle and " + status, () -> {
            JsonNode server = server(tenant, id);
            return server.path("status").asText().equals(status)
                    && server.path("OS-EXT-STS:task_state").isNull();
        });
    }

    public Answer act(Tenant tenant, String id, String action) {
        return compute(tenant, "POST", "/servers/" + id + "/action", action);
    }

    public JsonNode job(Tenant tenant, String id) {
        return snapshot(tenant, "GET", "/jobs/" + id, null).expect(200).json().path("job");
    }

    /// The job when it is over.
    public JsonNode ended(Tenant tenant, String id) {
        cloud.await("job is over", () -> !job(tenant, id).path("finished_at").isNull());
        return job(tenant, id);
    }
}
