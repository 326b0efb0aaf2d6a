package cloud.stasis.gateway.heart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Bodies as the description of an API says that they are, with one field that is not.
///
/// @param known values that make sense, by the names of fields
record AlmostRight(JsonNode document, Map<String, String> known, Random random) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_DEPTH = 4;

    /// Of whatever type a field is, some of these are of another, and some are at the edge of what it can be.
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "\"\"",
            "\" \"",
            "\"x\"",
            "\"true\"",
            "\"\\u0000\"",
            "0",
            "-1",
            "-2",
            "1",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775808",
            "1.5",
            "1e400",
            "[]",
            "[null]",
            "[[]]",
            "[\"x\", \"x\"]",
            "{}",
            "{\"x\": {\"x\": 1}}",
            "\"00000000-0000-0000-0000-000000000000\"",
            "\"" + "n".repeat(255) + "\"",
            "\"" + "n".repeat(256) + "\"",
            "\"" + "\\ud83d\\udcbe".repeat(255) + "\"");

    /// One body for each field and each value that it may not have, or just may; and one with a field too many.
    List<String> bodies(JsonNode schema) {
        ObjectNode right = object(resolved(schema), 0);
        List<String> bodies = new ArrayList<>();
        resolved(schema).path("properties").fieldNames().forEachRemaining(field -> {
            for (String value : VALUES) {
                bodies.add(right.deepCopy().set(field, read(value)).toString());
            }
        });
        bodies.add(right.deepCopy().put("nobody_knows_this", 1).toString());
        for (String required : required(schema)) {
            ObjectNode lacking = right.deepCopy();
            lacking.remove(required);
            bodies.add(lacking.toString());
        }
        bodies.add(right.toString());
        return bodies;
    }

    List<String> required(JsonNode schema) {
        List<String> required = new ArrayList<>();
        resolved(schema).path("required").forEach(name -> required.add(name.asText()));
        return required;
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? schema : document.at(reference.substring(1));
    }

    /// With all that is required, and some of what is not: some fields exclude others.
    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        List<String> required = required(schema);
        schema.path("properties").properties().forEach(property -> {
            if (required.contains(property.getKey()) || random.nextBoolean()) {
                object.set(property.getKey(), value(property.getKey(), property.getValue(), depth));
            }
        });
        return object;
    }

    private JsonNode value(String name, JsonNode described, int depth) {
        JsonNode schema = resolved(described);
        if (schema.path("enum").isArray()) {
            return schema.path("enum").get(random.nextInt(schema.path("enum").size()));
        }
        JsonNodeFactory made = JsonNodeFactory.instance;
        String type = schema.path("type").isArray()
                ? schema.path("type").get(0).asText()
                : schema.path("type").asText();
        return switch (type) {
            case "boolean" -> made.booleanNode(random.nextBoolean());
            case "integer", "number" -> made.numberNode(1 + random.nextInt(3));
            case "array" -> {
                ArrayNode array = made.arrayNode();
                yield depth < MAX_DEPTH ? array.add(value(name, schema.path("items"), depth + 1)) : array;
            }
            case "object" -> depth < MAX_DEPTH ? object(schema, depth + 1) : made.objectNode();
            default -> made.textNode(known.getOrDefault(name, "x"));
        };
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
