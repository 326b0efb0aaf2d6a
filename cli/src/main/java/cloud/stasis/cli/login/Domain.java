package cloud.stasis.cli.login;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// A domain of users or projects, by id or by name.
sealed interface Domain {
    /// Where users and projects are when nobody says otherwise.
    Domain DEFAULT = new ById("default");

    record ById(String id) implements Domain {}

    record ByName(String name) implements Domain {}

    static Domain of(Optional<String> id, Optional<String> name) {
        if (id.isPresent()) {
            return new ById(id.get());
        }
        return name.isPresent() ? new ByName(name.get()) : DEFAULT;
    }

    default ObjectNode json() {
        return switch (this) {
            case ById domain -> Json.object().put("id", domain.id());
            case ByName domain -> Json.object().put("name", domain.name());
        };
    }
}
