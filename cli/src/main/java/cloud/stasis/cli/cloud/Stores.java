package cloud.stasis.cli.cloud;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
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

    /// @param project the caller's if it is not said
    public StoreUsage usage(Optional<String> project) {
        Call call = project.map(id -> Call.get(SERVICE, "store", "usage", id))
                .orElseGet(() -> Call.get(SERVICE, "store", "usage"));
        return new StoreUsage(session.send(call).orFail().json().path("usage"));
    }

    /// In GiB; what is not said stays.
    public StoreUsage limit(String project, Optional<Integer> kept, Optional<Integer> stored) {
        ObjectNode body = Json.object();
        kept.ifPresent(gib -> body.put("store_gigabytes", gib));
        stored.ifPresent(gib -> body.put("stored_gigabytes", gib));
        Call call = Call.put(SERVICE, "store", "usage", project).json(body);
        return new StoreUsage(session.send(call).orFail().json().path("usage"));
    }

    /// What an image takes up. Nothing is known of it in clouds that are none of ours.
    public StoredSize ofImage(String id) {
        try {
            return new StoredSize(
                    session.send(Call.get(SERVICE, "images", id)).json().at("/image/stored"));
        } catch (Failure failure) {
            if (!failure.is(FailureType.ENDPOINT_NOT_FOUND)) {
                throw failure;
            }
            return new StoredSize(Json.object());
        }
    }

    private Job order(String order, ObjectNode body) {
        Call call = Call.post(SERVICE, "store", order).json(body);
        return new Job(session.send(call).orFail().json().path("job"));
    }
}
