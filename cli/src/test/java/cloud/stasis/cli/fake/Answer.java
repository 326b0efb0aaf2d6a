package cloud.stasis.cli.fake;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// What the fake cloud answers.
public record Answer(int status, Map<String, String> headers, byte[] body) {
    /// The connection is cut instead.
    public static final Answer LOST = empty(0);

    public static Answer json(int status, String body) {
        return new Answer(
                status,
                Map.of("Content-Type", "application/json"),
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    public static Answer empty(int status) {
        return new Answer(status, Map.of(), new byte[0]);
    }

    public static Answer events(String body) {
        return new Answer(
                200,
                Map.of("Content-Type", "text/event-stream"),
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    public Answer header(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body);
    }
}
