package cloud.stasis.cli.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// Finds the sentence in an error answer. Nova and Cinder wrap it in a key that names the fault, Keystone in `error`,
/// Glance in `message` with HTML breaks; our own API answers as RFC 9457 says, with a `detail`.
final class Faults {
    private static final int MAX_MESSAGE_LENGTH = 2000;

    private Faults() {}

    static String message(Reply reply) {
        String message = Json.parse(reply.body()).flatMap(Faults::find).orElse("");
        if (message.isBlank()) {
            message = "the server gave no reason";
        }
        String plain = message.replace("<br />", " ").strip();
        return plain.length() > MAX_MESSAGE_LENGTH ? plain.substring(0, MAX_MESSAGE_LENGTH) + "..." : plain;
    }

    private static Optional<String> find(JsonNode tree) {
        for (String name : new String[] {"detail", "message"}) {
            if (tree.path(name).isTextual()) {
                return Optional.of(tree.path(name).asText());
            }
        }
        for (JsonNode fault : tree) {
            if (fault.path("message").isTextual()) {
                return Optional.of(fault.path("message").asText());
            }
        }
        return Optional.empty();
    }
}
