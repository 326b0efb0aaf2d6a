package cloud.stasis.cli.cloud;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The compute API, version 2.1 with microversions.
public final class Compute {
    /// What this client was written against: image id in the answer of createImage (2.45), flavor within the server
    /// (2.47), "no network" when booting (2.37). A cloud that is older is asked for its own maximum.
    private static final Microversion PREFERRED = new Microversion(2, 93);

    private static final ServiceType SERVICE = ServiceType.COMPUTE;
    /// What every dialect of regular expressions treats as special.
    private static final Set<Character> SPECIAL =
            Set.of('\\', '.', '^', '$', '|', '(', ')', '[', ']', '{', '}', '*', '+', '?');

    /// The longest filter that the API takes.
    private static final int MAX_PATTERN = 255;

    private final Session session;
    private Microversion microversion = PREFERRED;

    public Compute(Session session) {
        this.session = session;
    }

    /// Which servers to list.
    ///
    /// @param name a regular expression
    public record ServerFilter(Optional<String> name, Optional<String> status, boolean ofAllProjects) {}

    public Listing<Server> servers(ServerFilter filter, RowLimit limit) {
        Call call = Call.get(SERVICE, "servers", "detail");
        if (filter.name().isPresent()) {
            call = call.query("name", filter.name().get());
        }
        if (filter.status().isPresent()) {
            call = call.query("status", filter.status().get().toUpperCase(Locale.ROOT));
        }
        if (filter.ofAllProjects()) {
            call = call.query("all_tenants", "1");
        }
        return Pages.read(call, "servers", limit, this::json, Server::new);
    }

    public Server server(String nameOrId) {
        return Lookup.one("server", nameOrId, this::serverById, () -> serversNamed(nameOrId));
    }

    public Optional<Server> serverById(String id) {
        Reply reply = send(Call.get(SERVICE, "servers", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Server(reply.orFail().json().path("server")));
    }

    /// Nova filters by regular expression; the whole name is asked for, and the caller compares again.
    private List<Server> serversNamed(String name) {
        Call call = Call.get(SERVICE, "servers", "detail").query("name", pattern(name));
        return Pages.read(call, "servers", RowLimit.DEFAULT, this::json, Server::new)
                .rows();
    }

    /// A very long name by its beginning, since filters have a limit.
    private static String pattern(String name) {
        StringBuilder pattern = new StringBuilder("^");
        for (char c : name.toCharArray()) {
            if (pattern.length() > MAX_PATTERN - "\\c$".length()) {
                return pattern.toString();
            }
            if (SPECIAL.contains(c)) {
                pattern.append('\\');
            }
            pattern.append(c);
        }
        return pattern.append('$').toString();
    }

    /// @return the server as far as the answer tells: only its id is certain
    public Server boot(ObjectNode server) {
        ObjectNode body = Json.object();
        body.set("server", server);
        return new Server(json(Call.post(SERVICE, "servers").json(body)).path("server"));
    }

    public Reply delete(Server server) {
        return send(Call.delete(SERVICE, "servers", server.id())).orFail();
    }

    /// Gives it another name.
    public Server rename(Server server, String name) {
        ObjectNode body = Json.object();
        body.putObject("server").put("name", name);
        return new Server(
                json(Call.put(SERVICE, "servers", server.id()).json(body)).path("server"));
    }

    /// Adds to its metadata.
    ///
    /// @return all of it
    public JsonNode addMetadata(Server server, ObjectNode added) {
        ObjectNode body = Json.object();
        body.set("metadata", added);
        return json(Call.post(SERVICE, "servers", server.id(), "metadata").json(body))
                .path("metadata");
    }

    public JsonNode metadata(Server server) {
        return json(Call.get(SERVICE, "servers", server.id(), "metadata")).path("metadata");
    }

    public void removeMetadata(Server server, String key) {
        send(Call.delete(SERVICE, "servers", server.id(), "metadata", key)).orFail();
    }

    /// Also one that is gone, if it is given by its id: what was done with it outlives it.
    public Server everServer(String nameOrId) {
        return Lookup.isId(nameOrId)
                ? serverById(nameOrId).orElseGet(() -> new Server(Json.object().put("id", nameOrId)))
                : server(nameOrId);
    }

    /// What was done with it, the newest first.
    public List<Named> actions(Server server) {
        return named(Call.get(SERVICE, "servers", server.id(), "os-instance-actions"), "instanceActions");
    }

    public List<Named> serverGroups(Projects whose) {
        Call call = Call.get(SERVICE, "os-server-groups");
        return named(whose == Projects.ALL ? call.query("all_projects", "1") : call, "server_groups");
    }

    /// Of whom a list tells.
    public enum Projects {
        OWN,
        ALL
    }

    public List<Named> keypairs() {
        List<Named> keypairs = new ArrayList<>();
        json(Call.get(SERVICE, "os-keypairs"))
                .path("keypairs")
                .forEach(entry -> keypairs.add(new Named(entry.path("keypair"))));
        return keypairs;
    }

    public Named addKeypair(String name, String publicKey) {
        ObjectNode body = Json.object();
        body.putObject("keypair").put("name", name).put("public_key", publicKey).put("type", "ssh");
        return new Named(json(Call.post(SERVICE, "os-keypairs").json(body)).path("keypair"));
    }

    public void deleteKeypair(String name) {
        send(Call.delete(SERVICE, "os-keypairs", name)).orFail();
    }

    /// What the project may have of servers, and has, by the words of the API.
    public JsonNode limits() {
        return json(Call.get(SERVICE, "limits")).path("limits").path("absolute");
    }

    /// How much of each a project may have, and has.
    public JsonNode quota(String project) {
        return json(Call.get(SERVICE, "os-quota-sets", project, "detail")).path("quota_set");
    }

    /// What is not said stays.
    public void setQuota(String project, ObjectNode limits) {
        ObjectNode body = Json.object();
        body.set("quota_set", limits);
        json(Call.put(SERVICE, "os-quota-sets", project).json(body));
    }

    /// @param argument what the action takes; null in JSON if it takes nothing
    public Reply act(Server server, String action, JsonNode argument) {
        ObjectNode body = Json.object();
        body.set(action, argument);
        return send(Call.post(SERVICE, "servers", server.id(), "action").json(body))
                .orFail();
    }

    /// One of several that are kept by turns.
    ///
    /// @param type of the turn: the oldest of the same type goes
    /// @return the id of the image that will be; empty if it will not stay
    public Optional<String> backup(Server server, String name, String type, int rotation) {
        ObjectNode argument =
                Json.object().put("name", name).put("backup_type", type).put("rotation", rotation);
        return Optional.of(imageOf(act(server, "createBackup", argument))).filter(id -> !id.isEmpty());
    }

    /// @return the id of the image that will be
    public String createImage(Server server, String name, ObjectNode metadata) {
        ObjectNode argument = Json.object().put("name", name);
        if (!metadata.isEmpty()) {
            argument.set("metadata", metadata);
        }
        String id = imageOf(act(server, "createImage", argument));
        if (id.isEmpty()) {
            throw Failure.local(FailureType.BAD_ANSWER, "the compute service did not say which image it makes");
        }
        return id;
    }

    /// Below 2.45 the id is only in the last segment of an address whose host is known to be wrong.
    private static String imageOf(Reply reply) {
        Optional<String> location = reply.header("location");
        if (location.isPresent()) {
            return location.get().substring(location.get().lastIndexOf('/') + 1);
        }
        return reply.body().length == 0 ? "" : Json.text(reply.json(), "image_id");
    }

    public String consoleLog(Server server, Optional<Integer> lines) {
        ObjectNode argument = Json.object();
        lines.ifPresent(count -> argument.put("length", count));
        return Json.text(act(server, "os-getConsoleOutput", argument).json(), "output");
    }

    public List<Flavor> flavors() {
        return Pages.read(Call.get(SERVICE, "flavors", "detail"), "flavors", RowLimit.NONE, this::json, Flavor::new)
                .rows();
    }

    public Flavor flavor(String nameOrId) {
        return Lookup.among("flavor", nameOrId, flavors());
    }

    public List<Host> hosts() {
        List<Host> hosts = new ArrayList<>();
        json(Call.get(SERVICE, "os-hypervisors", "detail"))
                .path("hypervisors")
                .forEach(host -> hosts.add(new Host(host)));
        return hosts;
    }

    /// The highest microversion that the cloud speaks, as `2.93`.
    public String maximum() {
        return Json.text(session.send(Call.get(SERVICE)).orFail().json().path("version"), "version");
    }

    private List<Named> named(Call call, String collection) {
        List<Named> found = new ArrayList<>();
        json(call).path(collection).forEach(one -> found.add(new Named(one)));
        return found;
    }

    private JsonNode json(Call call) {
        return send(call).orFail().json();
    }

    private Reply send(Call call) {
        Reply reply = session.send(versioned(call));
        if (reply.status() != 406) {
            return reply;
        }
        Optional<Microversion> maximum = Microversion.parse(maximum());
        if (maximum.isEmpty() || maximum.get().compareTo(microversion) >= 0) {
            return reply;
        }
        microversion = maximum.get();
        return session.send(versioned(call));
    }

    private Call versioned(Call call) {
        return call.header("OpenStack-API-Version", "compute " + microversion)
                .header("X-OpenStack-Nova-API-Version", microversion.toString());
    }
}
