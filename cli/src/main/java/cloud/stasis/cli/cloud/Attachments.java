package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which volumes servers have, by the compute API.
public final class Attachments {
    private static final String PATH = "os-volume_attachments";

    private final Session session;

    public Attachments(Session session) {
        this.session = session;
    }

    /// A volume within a server.
    public record Attachment(JsonNode json) implements Resource {
        public String volume() {
            return text("volumeId");
        }
    }

    /// What becomes of a volume when its server is deleted.
    public enum OnTermination {
        KEPT,
        DELETED
    }

    public List<Attachment> of(Server server) {
        List<Attachment> found = new ArrayList<>();
        session.send(versioned(Call.get(ServiceType.COMPUTE, "servers", server.id(), PATH)))
                .orFail()
                .json()
                .path("volumeAttachments")
                .forEach(json -> found.add(new Attachment(json)));
        return found;
    }

    /// @param device what the guest shall call it; the next free name if it is not said
    public Begun<Attachment> attach(Server server, Volume volume, Optional<String> device, OnTermination then) {
        ObjectNode body = Json.object();
        ObjectNode wanted = body.putObject("volumeAttachment").put("volumeId", volume.id());
        device.ifPresent(name -> wanted.put("device", name));
        if (then == OnTermination.DELETED) {
            wanted.put("delete_on_termination", true);
        }
        Reply reply = session.send(versioned(Call.post(ServiceType.COMPUTE, "servers", server.id(), PATH))
                        .json(body))
                .orFail();
        return new Begun<>(new Attachment(reply.json().path("volumeAttachment")), reply);
    }

    public Reply detach(Server server, Volume volume) {
        return session.send(versioned(Call.delete(ServiceType.COMPUTE, "servers", server.id(), PATH, volume.id())))
                .orFail();
    }

    /// 2.79 tells what becomes of a volume with its server.
    private static Call versioned(Call call) {
        return call.header("OpenStack-API-Version", "compute 2.79").header("X-OpenStack-Nova-API-Version", "2.79");
    }
}
