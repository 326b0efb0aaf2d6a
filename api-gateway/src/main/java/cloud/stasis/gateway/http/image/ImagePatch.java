package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/// The body of an update: JSON patch, with paths of one step, and only the operations that Glance knows.
record ImagePatch(List<Operation> operations) {
    static final String MEDIA_TYPE = "application/openstack-images-v2.1-json-patch";

    /// The first form of it: `{"replace": "/name", "value": ...}`.
    static final String FIRST_MEDIA_TYPE = "application/openstack-images-v2.0-json-patch";

    private static final List<String> NAMES = List.of("add", "replace", "remove");

    /// More than an image can have keys.
    private static final int MAX_OPERATIONS = 512;

    private static final int MAX_PATH = 600;
    private static final ObjectMapper JSON = new ObjectMapper();

    ImagePatch {
        operations = List.copyOf(operations);
    }

    sealed interface Operation {
        record Add(String key, JsonNode value) implements Operation {}

        record Replace(String key, JsonNode value) implements Operation {}

        record Remove(String key) implements Operation {}
    }

    static ImagePatch parse(String body) {
        JsonNode changes;
        try {
            changes = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "Malformed JSON in the request body.", e);
        }
        if (changes == null || !changes.isArray() || changes.size() > MAX_OPERATIONS) {
            throw invalid("Request body must be a JSON array of operation objects.");
        }
        List<Operation> operations = new ArrayList<>();
        changes.forEach(change -> operations.add(operation(change)));
        return new ImagePatch(operations);
    }

    void applyTo(ImageDraft draft) {
        for (Operation operation : operations) {
            switch (operation) {
                case Operation.Add(String key, JsonNode value) -> draft.set(key, value);
                case Operation.Replace(String key, JsonNode value) -> {
                    ImageDraft.checkSettable(key);
                    if (!draft.has(key)) {
                        throw new StasisException(
                                ErrorCode.WRONG_STATE, "Property " + Faults.shortened(key) + " does not exist.");
                    }
                    draft.set(key, value);
                }
                case Operation.Remove(String key) -> draft.remove(key);
            }
        }
    }

    private static Operation operation(JsonNode change) {
        JsonFields fields = JsonFields.of(change);
        List<String> named = fields.has("op")
                ? List.of()
                : NAMES.stream().filter(fields::has).toList();
        String name = named.size() == 1 ? named.getFirst() : fields.text("op", MAX_PATH);
        String key = key(fields.text(named.size() == 1 ? name : "path", MAX_PATH));
        return switch (name) {
            case "add" -> new Operation.Add(key, value(change));
            case "replace" -> new Operation.Replace(key, value(change));
            case "remove" -> new Operation.Remove(key);
            default ->
                throw invalid("Unable to find '" + Faults.shortened(name)
                        + "' in JSON Schema change: operations must be one of add, replace, remove.");
        };
    }

    private static JsonNode value(JsonNode change) {
        if (!change.has("value")) {
            throw invalid("Operation must have a 'value'.");
        }
        return change.get("value");
    }

    private static String key(String path) {
        if (path.length() < 2 || path.charAt(0) != '/' || path.indexOf('/', 1) >= 0) {
            throw invalid("Pointer `" + Faults.shortened(path) + "` must be a slash and the name of one attribute.");
        }
        return path.substring(1).replace("~1", "/").replace("~0", "~");
    }

    private static StasisException invalid(String reason) {
        return new StasisException(ErrorCode.INVALID_REQUEST, reason);
    }
}
