package cloud.stasis.cli.http;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/// The wire's JSON as trees. No data binding: a newer server may add what this client does not know, and reflection
/// costs start-up time.
public final class Json {
    /// Deeper than any OpenStack answer by far, and far from the stack's end.
    private static final int MAX_DEPTH = 100;
    /// A console log or user data inside JSON; Jackson's own limit is 20 million characters.
    private static final int MAX_STRING_LENGTH = 32 * 1024 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder(new JsonFactoryBuilder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_STRING_LENGTH)
                            .build())
                    .build())
            .build();

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    /// Empty if the bytes are no JSON.
    public static Optional<JsonNode> parse(byte[] bytes) {
        try {
            JsonNode tree = MAPPER.readTree(bytes);
            return tree == null || tree.isMissingNode() ? Optional.empty() : Optional.of(tree);
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static JsonNode missing() {
        return MissingNode.getInstance();
    }

    /// The text of a field; empty if it is absent, null or not a single value.
    public static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isValueNode() && !value.isNull() ? value.asText() : "";
    }

    public static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (IOException impossible) {
            throw new IllegalStateException("a tree in memory could not be written", impossible);
        }
    }
}
