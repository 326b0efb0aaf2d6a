package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// Standbys of servers, by our own API.
public final class Protections {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;
    private static final String SERVERS = "servers";
    private static final String PROTECTION = "protection";

    private final Session session;

    public Protections(Session session) {
        this.session = session;
    }

    public List<Protection> list() {
        List<Protection> protections = new ArrayList<>();
        json(Call.get(SERVICE, "protections"))
                .path("protections")
                .forEach(protection -> protections.add(new Protection(protection)));
        return protections;
    }

    public Protection of(Server server) {
        return new Protection(
                json(Call.get(SERVICE, SERVERS, server.id(), PROTECTION)).path(PROTECTION));
    }

    /// @param terms what is not said stays as it is, or is as usual
    public Job protect(Server server, ObjectNode terms) {
        return job(Call.put(SERVICE, SERVERS, server.id(), PROTECTION).json(terms));
    }

    public Job unprotect(Server server) {
        return job(Call.delete(SERVICE, SERVERS, server.id(), PROTECTION));
    }

    public enum Way {
        /// Its host hands it over.
        PLANNED,
        /// From the last complete epoch, once its host surely does not run it any more.
        UNPLANNED
    }

    public Job failOver(Server server, Way way) {
        return job(Call.post(SERVICE, SERVERS, server.id(), "failover")
                .json(Json.object().put("planned", way == Way.PLANNED)));
    }

    private Job job(Call call) {
        return new Job(json(call).path("job"));
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
