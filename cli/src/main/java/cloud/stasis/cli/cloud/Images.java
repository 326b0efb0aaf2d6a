package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Body;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.http.Wire;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The image API, version 2.
public final class Images {
    private static final ServiceType SERVICE = ServiceType.IMAGE;
    /// A store that sends nothing for this long has stopped.
    private static final Duration DATA_TIMEOUT = Duration.ofMinutes(2);

    private final Session session;

    public Images(Session session) {
        this.session = session;
    }

    public Listing<Image> list(RowLimit limit) {
        return Pages.read(Call.get(SERVICE, "images"), "images", limit, this::json, Image::new);
    }

    public Image image(String nameOrId) {
        return Lookup.one("image", nameOrId, this::byId, () -> named(nameOrId));
    }

    public Optional<Image> byId(String id) {
        Reply reply = session.send(Call.get(SERVICE, "images", id));
        return reply.status() == 404
                ? Optional.empty()
                : Optional.of(new Image(reply.orFail().json()));
    }

    private List<Image> named(String name) {
        return Pages.read(
                        Call.get(SERVICE, "images").query("name", equalTo(name)),
                        "images",
                        RowLimit.DEFAULT,
                        this::json,
                        Image::new)
                .rows();
    }

    /// The API reads a value that begins with `in:` as a list.
    private static String equalTo(String name) {
        return name.startsWith("in:") ? "in:\"" + name.replace("\"", "") + "\"" : name;
    }

    public Image create(ObjectNode image) {
        return new Image(json(Call.post(SERVICE, "images").json(image)));
    }

    public void upload(Image image, Body.Upload data) {
        session.send(Call.put(SERVICE, "images", image.id(), "file").body(data)).orFail();
    }

    /// The image's bytes as they come, or the answer that says why not.
    public Wire.Stream download(Image image) {
        Call call = Call.get(SERVICE, "images", image.id(), "file").header("Accept", "application/octet-stream");
        return session.open(call, DATA_TIMEOUT);
    }

    public void delete(Image image) {
        session.send(Call.delete(SERVICE, "images", image.id())).orFail();
    }

    private JsonNode json(Call call) {
        return session.send(call).orFail().json();
    }
}
