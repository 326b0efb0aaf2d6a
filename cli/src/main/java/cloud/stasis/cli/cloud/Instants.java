package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import cloud.stasis.model.Quiesce;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Snapshots of several servers at one instant, by our own API.
public final class Instants {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;

    private final Session session;

    public Instants(Session session) {
        this.session = session;
    }

    /// An instant that is being taken, and the job that does it.
    public record Taken(Instant instant, Job job) {}

    public Taken take(List<Server> servers, String name, Snapshots.Memory memory, Quiesce quiesce) {
        ObjectNode body = Json.object()
                .put("name", name)
                .put("memory", memory == Snapshots.Memory.WITH)
                .put("consistency", quiesce.name().toLowerCase(Locale.ROOT));
        servers.forEach(server -> body.withArray("servers").add(server.id()));
        JsonNode answer = json(Snapshots.once(Call.post(SERVICE, "snapshots").json(body)));
        return new Taken(new Instant(answer.path("instant")), new Job(answer.path("job")));
    }

    public Listing<Instant> list(RowLimit limit) {
        return Pages.read(Call.get(SERVICE, "instants"), "instants", limit, this::json, Instant::new);
    }

    public Instant instant(String nameOrId) {
        return Lookup.one(
                "instant", nameOrId, this::byId, () -> list(RowLimit.NONE).rows());
    }

    public Optional<Instant> byId(String id) {
        Reply reply = session.send(Call.get(SERVICE, "instants", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Instant(reply.orFail().json().path("instant")));
    }

    /// One job for each server.
    public List<Job> revert(Instant instant, Snapshots.Memory memory, Snapshots.Wake wake, Snapshots.Safety safety) {
        ObjectNode body = Snapshots.wayBack(memory, wake, safety);
        return jobs(Snapshots.once(
                Call.post(SERVICE, "instants", instant.id(), "revert").json(body)));
    }

    /// One job for each snapshot.
    public List<Job> delete(Instant instant) {
        return jobs(Call.delete(SERVICE, "instants", instant.id()));
    }

    private List<Job> jobs(Call call) {
        List<Job> jobs = new ArrayList<>();
        json(call).path("jobs").forEach(job -> jobs.add(new Job(job)));
        return jobs;
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
