package cloud.stasis.cli.http;

import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;

/// What a request carries.
public sealed interface Body {
    Body NONE = new None();

    record None() implements Body {}

    record Json(JsonNode tree) implements Body {}

    /// Bytes of a known length, opened anew for each attempt, since a first one may meet an expired token.
    record Upload(ByteCount length, Source source) implements Body {}

    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }
}
