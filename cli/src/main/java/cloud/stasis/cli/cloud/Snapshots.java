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
import java.util.UUID;

/// Instance-level snapshots, by our own API.
public final class Snapshots {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;
    private static final String QUOTAS = "quotas";

    private final Session session;

    public Snapshots(Session session) {
        this.session = session;
    }

    public enum Memory {
        WITH,
        WITHOUT
    }

    /// What a machine does after its memory was put back.
    public enum Wake {
        RUNNING,
        PAUSED
    }

    /// Whether what a server was is kept before it is put back.
    public enum Safety {
        TAKEN,
        DECLINED
    }

    /// Whether a snapshot may be deleted.
    public enum Protection {
        PROTECTED,
        NONE
    }

    /// Whether a clone is the same machine to its guest.
    public enum Identity {
        KEEP,
        REGENERATE,
        ISOLATE
    }

    /// A snapshot that is being taken, and the job that does it.
    public record Taken(Snapshot snapshot, Job job) {}

    public Taken take(Server server, String name, Memory memory, Quiesce quiesce) {
        ObjectNode body = Json.object()
                .put("server", server.id())
                .put("name", name)
                .put("memory", memory == Memory.WITH)
                .put("consistency", quiesce.name().toLowerCase(Locale.ROOT));
        JsonNode answer = json(once(Call.post(SERVICE, "snapshots").json(body)));
        return new Taken(new Snapshot(answer.path("snapshot")), new Job(answer.path("job")));
    }

    public Listing<Snapshot> list(Optional<Server> server, RowLimit limit) {
        Call call = Call.get(SERVICE, "snapshots");
        Call filtered = server.map(of -> call.query("server", of.id())).orElse(call);
        return Pages.read(filtered, "snapshots", limit, this::json, Snapshot::new);
    }

    public Snapshot snapshot(String nameOrId) {
        return Lookup.one("snapshot", nameOrId, this::byId, () -> named(nameOrId));
    }

    public Optional<Snapshot> byId(String id) {
        Reply reply = session.send(Call.get(SERVICE, "snapshots", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Snapshot(reply.orFail().json().path("snapshot")));
    }

    private List<Snapshot> named(String name) {
        Call call = Call.get(SERVICE, "snapshots").query("name", name);
        return Pages.read(call, "snapshots", RowLimit.DEFAULT, this::json, Snapshot::new)
                .rows();
    }

    /// The snapshots of a server by descent, the oldest first; each says whether the server stands there.
    public List<Snapshot> tree(Server server) {
        List<Snapshot> nodes = new ArrayList<>();
        json(Call.get(SERVICE, "servers", server.id(), "tree"))
                .path("tree")
                .path("nodes")
                .forEach(node -> nodes.add(new Snapshot(node)));
        return nodes;
    }

    public Snapshot protect(Snapshot snapshot, Protection protection) {
        ObjectNode body = Json.object().put("protected", protection == Protection.PROTECTED);
        return new Snapshot(
                json(Call.put(SERVICE, "snapshots", snapshot.id()).json(body)).path("snapshot"));
    }

    public Verdict verdict(Snapshot snapshot) {
        return new Verdict(
                json(Call.get(SERVICE, "snapshots", snapshot.id(), "verdict")).path("verdict"));
    }

    /// Makes a new server of a snapshot.
    public Job clone(Snapshot snapshot, String name, Memory memory, Wake wake, Identity identity) {
        return clone(Call.post(SERVICE, "snapshots", snapshot.id(), "clone"), name, memory, wake, identity);
    }

    /// Makes a new server of another one as it is now. The job waits for the snapshot that is taken first.
    public Job clone(Server server, String name, Memory memory, Wake wake, Identity identity) {
        return clone(Call.post(SERVICE, "servers", server.id(), "clone"), name, memory, wake, identity);
    }

    private Job clone(Call call, String name, Memory memory, Wake wake, Identity identity) {
        ObjectNode body = Json.object()
                .put("name", name)
                .put("memory", memory == Memory.WITH)
                .put("state", wake.name().toLowerCase(Locale.ROOT))
                .put("identity", identity.name().toLowerCase(Locale.ROOT));
        return new Job(json(once(call.json(body))).path("job"));
    }

    /// Takes back the last revert of a server.
    public Job undo(Server server, Safety safety) {
        ObjectNode body = declining(Json.object(), safety);
        return new Job(json(once(Call.post(SERVICE, "servers", server.id(), "undo-revert")
                        .json(body)))
                .path("job"));
    }

    private static ObjectNode declining(ObjectNode body, Safety safety) {
        return safety == Safety.DECLINED ? body.put("safety", false) : body;
    }

    public Job revert(Snapshot snapshot, Memory memory, Wake wake, Safety safety) {
        ObjectNode body = wayBack(memory, wake, safety);
        JsonNode answer = json(
                once(Call.post(SERVICE, "snapshots", snapshot.id(), "revert").json(body)));
        return new Job(answer.path("job"));
    }

    static ObjectNode wayBack(Memory memory, Wake wake, Safety safety) {
        return declining(
                Json.object()
                        .put("memory", memory == Memory.WITH)
                        .put("state", wake.name().toLowerCase(Locale.ROOT)),
                safety);
    }

    /// Makes a volume of a disk that it holds.
    public Job toVolume(Snapshot snapshot, String name, Optional<String> disk, Optional<Integer> gib) {
        ObjectNode body = Json.object().put("snapshot", snapshot.id()).put("name", name);
        disk.ifPresent(text -> body.put("disk", text));
        gib.ifPresent(size -> body.put("size", size));
        return new Job(json(Call.post(SERVICE, "volumes").json(body)).path("job"));
    }

    /// Makes the server of a snapshot again where it is not there any more.
    ///
    /// @param name of the server; what it was called if it is not said
    public Job restore(Snapshot snapshot, Optional<String> name, Memory memory, Wake wake) {
        ObjectNode body = Json.object()
                .put("memory", memory == Memory.WITH)
                .put("state", wake.name().toLowerCase(Locale.ROOT));
        name.ifPresent(text -> body.put("name", text));
        return new Job(
                json(Call.post(SERVICE, "snapshots", snapshot.id(), "restore").json(body))
                        .path("job"));
    }

    /// What it would mean to delete it.
    public Deletion deletion(Snapshot snapshot) {
        return new Deletion(
                json(Call.get(SERVICE, "snapshots", snapshot.id(), "deletion")).path("deletion"));
    }

    public Job delete(Snapshot snapshot) {
        return new Job(json(Call.delete(SERVICE, "snapshots", snapshot.id())).path("job"));
    }

    /// How many snapshots, policies and images a project has, and may have.
    ///
    /// @param project the caller's if it is not said
    public JsonNode quotas(Optional<String> project) {
        return json(project.map(id -> Call.get(SERVICE, QUOTAS, id)).orElseGet(() -> Call.get(SERVICE, QUOTAS)))
                .path(QUOTAS);
    }

    /// What is not said stays.
    ///
    /// @return all of them, as they are then
    public JsonNode limit(String project, ObjectNode limits) {
        return json(Call.put(SERVICE, QUOTAS, project).json(limits)).path(QUOTAS);
    }

    /// Gives a project the limits that every project has.
    public JsonNode standardQuotas(String project) {
        return json(Call.delete(SERVICE, QUOTAS, project)).path(QUOTAS);
    }

    /// A key by which the gateway knows the request again, should it arrive twice.
    static Call once(Call call) {
        return call.header("Idempotency-Key", UUID.randomUUID().toString());
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
