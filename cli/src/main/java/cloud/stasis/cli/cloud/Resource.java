package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Output;

/// Anything that the APIs name by an id. The ids of other clouds need not be UUIDs.
public interface Resource extends Output.Shown {
    default String id() {
        return text("id");
    }

    default String name() {
        return text("name");
    }

    default String status() {
        return text("status");
    }

    /// The text of a field; empty if it is absent or null.
    default String text(String field) {
        return Json.text(json(), field);
    }
}
