package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Backups by policy, by our own API.
public final class Policies {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;
    private static final String PATH = "policies";

    private final Session session;

    public Policies(Session session) {
        this.session = session;
    }

    public List<Policy> list() {
        List<Policy> policies = new ArrayList<>();
        json(Call.get(SERVICE, PATH)).path("policies").forEach(policy -> policies.add(new Policy(policy)));
        return policies;
    }

    public Policy policy(String nameOrId) {
        return Lookup.one("policy", nameOrId, this::byId, this::list);
    }

    private Optional<Policy> byId(String id) {
        Reply reply = session.send(Call.get(SERVICE, PATH, id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Policy(reply.orFail().json().path("policy")));
    }

    public Policy create(ObjectNode terms) {
        return new Policy(json(Call.post(SERVICE, PATH).json(terms)).path("policy"));
    }

    public Policy change(Policy policy, ObjectNode terms) {
        return new Policy(json(Call.put(SERVICE, PATH, policy.id()).json(terms)).path("policy"));
    }

    public void delete(Policy policy) {
        session.send(Call.delete(SERVICE, PATH, policy.id())).orFail();
    }

    /// Lets it run now.
    ///
    /// @return what is entered for its servers or volumes
    public List<Policy.Result> run(Policy policy) {
        List<Policy.Result> results = new ArrayList<>();
        json(Call.post(SERVICE, PATH, policy.id(), "run"))
                .path("results")
                .forEach(result -> results.add(new Policy.Result(result)));
        return results;
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
