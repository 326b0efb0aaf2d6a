package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.login.Call;
import cloud.stasis.cli.login.ServiceType;
import cloud.stasis.cli.login.Session;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/// The image store and its peers, by our own API: for operators.
public final class Stores {
    private static final ServiceType SERVICE = ServiceType.SNAPSHOT;

    private final Session session;

    public Stores(Session session) {
        this.session = session;
    }

    public enum Direction {
        PULL,
        PUSH
    }

    /// Which bundles are meant. All, if nothing is said.
    ///
    /// @param bundles `image/<id>` or `snapshot/<id>`
    /// @param name with `*` for anything
    /// @param owner id of a project
    /// @param kind `image` or `snapshot`
    public record Choice(List<String> bundles, Optional<String> name, Optional<String> owner, Optional<String> kind) {
        ObjectNode json() {
            ObjectNode json = Json.object();
            if (!bundles.isEmpty()) {
                ArrayNode list = json.putArray("bundles");
                bundles.forEach(list::add);
            }
            name.ifPresent(text -> json.put("name", text));
            owner.ifPresent(text -> json.put("owner", text));
            kind.ifPresent(text -> json.put("kind", text));
            return json;
        }
    }

    /// @param project to which all of it shall belong; to whom the bundles say if it is not said
    public Job adopt(Choice choice, Optional<String> project) {
        ObjectNode body = choice.json();
        project.ifPresent(id -> body.put("project", id));
        return order("adopt", body);
    }

    /// @param bytesPerSecond zero for no limit
    /// @param project to which what is pulled shall belong; the caller's if it is not said
    public Job copy(Direction direction, String peer, Choice choice, long bytesPerSecond, Optional<String> project) {
        ObjectNode body = choice.json().put("peer", peer);
        if (bytesPerSecond > 0) {
            body.put("bytes_per_second", bytesPerSecond);
        }
        project.ifPresent(id -> body.put("project", id));
        return order(
                switch (direction) {
                    case PULL -> "pull";
                    case PUSH -> "push";
                },
                body);
    }

    private Job order(String order, ObjectNode body) {
        Call call = Call.post(SERVICE, "store", order).json(body);
        return new Job(session.send(call).orFail().json().path("job"));
    }
}
