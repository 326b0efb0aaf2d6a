package cloud.stasis.cli.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A request that reached the fake cloud.
///
/// @param line method and path with query, decoded, such as `GET /compute/v2.1/servers/detail?limit=1000`
/// @param id by which the answer and a job name it
public record Asked(String line, Headers headers, byte[] body, String id) {
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
        try {
            return new ObjectMapper().readTree(body);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    public String token() {
        String token = headers.getFirst("X-Auth-Token");
        return token == null ? "" : token;
    }
}
