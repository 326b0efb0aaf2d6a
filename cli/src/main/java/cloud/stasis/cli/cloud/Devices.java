package cloud.stasis.cli.cloud;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Network interfaces of servers by the compute API; media and cables by our own.
public final class Devices {
    private final Session session;

    public Devices(Session session) {
        this.session = session;
    }

    /// A network interface.
    public record Interface(JsonNode json) implements Resource {
        @Override
        public String id() {
            return text("port_id");
        }

        @Override
        public String status() {
            return text("port_state");
        }

        /// Whether the machine has it.
        public boolean isSettled() {
            return !status().equals("BUILD");
        }

        public String addresses() {
            List<String> addresses = new ArrayList<>();
            json.path("fixed_ips").forEach(fixed -> addresses.add(Json.text(fixed, "ip_address")));
            return String.join(", ", addresses);
        }
    }

    /// A disk that is not whole on its host yet.
    public record DiskStream(JsonNode json) {
        /// `vda: 1.2 GiB of 8.0 GiB`
        public String progress() {
            return Json.text(json, "disk") + ": " + bytes("fetched") + " of " + bytes("size");
        }

        private String bytes(String field) {
            return Quantities.bytes(
                    ByteCount.ofBytes(Math.max(0, json.path(field).asLong())));
        }
    }

    public List<Interface> interfaces(Server server) {
        List<Interface> found = new ArrayList<>();
        json(Call.get(ServiceType.COMPUTE, "servers", server.id(), "os-interface"))
                .path("interfaceAttachments")
                .forEach(json -> found.add(new Interface(json)));
        return found;
    }

    public Optional<Interface> interfaceOf(Server server, String port) {
        return interfaces(server).stream().filter(nic -> nic.id().equals(port)).findFirst();
    }

    /// @param network by its id or name; empty for the only one there is
    public Begun<Interface> attach(Server server, Optional<String> network, Optional<String> address) {
        ObjectNode wanted = Json.object();
        network.ifPresent(id -> wanted.put("net_id", id));
        address.ifPresent(text -> wanted.putArray("fixed_ips").addObject().put("ip_address", text));
        ObjectNode body = Json.object();
        body.set("interfaceAttachment", wanted);
        Reply reply = session.send(Call.post(ServiceType.COMPUTE, "servers", server.id(), "os-interface")
                        .json(body))
                .orFail();
        return new Begun<>(new Interface(reply.json().path("interfaceAttachment")), reply);
    }

    public Reply detach(Server server, String port) {
        return session.send(Call.delete(ServiceType.COMPUTE, "servers", server.id(), "os-interface", port))
                .orFail();
    }

    public Job insert(Server server, String drive, Image medium) {
        return job(Call.put(ServiceType.SNAPSHOT, "servers", server.id(), "drives", drive)
                .json(Json.object().put("image", medium.id())));
    }

    public Job eject(Server server, String drive) {
        return job(Call.delete(ServiceType.SNAPSHOT, "servers", server.id(), "drives", drive));
    }

    /// @param state `up` or `down`
    public Job link(Server server, String port, String state) {
        return job(Call.put(ServiceType.SNAPSHOT, "servers", server.id(), "links", port)
                .json(Json.object().put("state", state)));
    }

    /// The disks of a server that still read their image from the store. None in a cloud that knows nothing of that,
    /// nor when the server's host does not say.
    public List<DiskStream> streams(Server server) {
        List<DiskStream> streams = new ArrayList<>();
        try {
            json(Call.get(ServiceType.SNAPSHOT, "servers", server.id(), "streams"))
                    .path("streams")
                    .forEach(json -> streams.add(new DiskStream(json)));
        } catch (Failure e) {
            // What else there is to show of it is shown.
        }
        return streams;
    }

    private Job job(Call call) {
        return new Job(json(call).path("job"));
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
