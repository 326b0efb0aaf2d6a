package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// The block storage API, version 3. What is asked here is the same in every microversion, so none is named.
public final class Volumes {
    private static final ServiceType SERVICE = ServiceType.VOLUME;

    private final Session session;

    public Volumes(Session session) {
        this.session = session;
    }

    public Listing<Volume> list(RowLimit limit) {
        return Pages.read(Call.get(SERVICE, "volumes", "detail"), "volumes", limit, this::json, Volume::new);
    }

    public Volume volume(String nameOrId) {
        Call named = Call.get(SERVICE, "volumes", "detail").query("name", nameOrId);
        return Lookup.one("volume", nameOrId, this::byId, () -> Pages.read(
                        named, "volumes", RowLimit.DEFAULT, this::json, Volume::new)
                .rows());
    }

    private Optional<Volume> byId(String id) {
        Reply reply = session.send(Call.get(SERVICE, "volumes", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Volume(reply.orFail().json().path("volume")));
    }

    public Volume create(String name, int gib) {
        ObjectNode body = Json.object();
        body.putObject("volume").put("name", name).put("size", gib);
        return new Volume(json(Call.post(SERVICE, "volumes").json(body)).path("volume"));
    }

    public void delete(Volume volume) {
        session.send(Call.delete(SERVICE, "volumes", volume.id())).orFail();
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
