package cloud.stasis.gateway.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One object of a request's JSON body, read field by field. What is not of the expected form is an
/// `INVALID_REQUEST` that names the field by its path.
public final class JsonFields {
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

    private static final Pattern SIGNED_DIGITS = Pattern.compile("-?[0-9]{1,9}");

    private final JsonNode node;
    private final String path;

    private JsonFields(JsonNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /// @param body as the JSON reader gives it: null if the request has none
    public static JsonFields of(@Nullable JsonNode body) {
        if (body == null || !body.isObject()) {
            throw invalid("The request body must be a JSON object.");
        }
        return new JsonFields(body, "");
    }

    public boolean has(String name) {
        return node.has(name);
    }

    public boolean isText(String name) {
        return node.path(name).isTextual();
    }

    /// Some clients write -1 for "all".
    public boolean isMinusOne(String name) {
        return node.path(name).isIntegralNumber() && node.path(name).longValue() == -1;
    }

    public List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /// @throws StasisException `INVALID_REQUEST` if it is missing, null or no object
    public JsonFields object(String name) {
        return optionalObject(name).orElseThrow(() -> invalid(at(name) + " is required and must be an object."));
    }

    public Optional<JsonFields> optionalObject(String name) {
        return value(name, JsonNode::isObject, "an object").map(found -> new JsonFields(found, at(name)));
    }

    public String text(String name, int maxLength) {
        return optionalText(name, maxLength)
                .filter(found -> !found.isBlank())
                .orElseThrow(() -> invalid(at(name) + " is required and must not be empty."));
    }

    /// Empty if it is missing or null.
    public Optional<String> optionalText(String name, int maxLength) {
        Optional<String> text = value(name, JsonNode::isTextual, "a string").map(JsonNode::textValue);
        text.ifPresent(found -> {
            if (found.codePointCount(0, found.length()) > maxLength) {
                throw invalid(at(name) + " is longer than " + maxLength + " characters.");
            }
            if (found.indexOf('\0') >= 0) {
                throw invalid(at(name) + " holds a zero character.");
            }
        });
        return text;
    }

    /// Of something that may be a string or not.
    public Optional<String> optionalTextIfText(String name, int maxLength) {
        return isText(name) ? optionalText(name, maxLength) : Optional.empty();
    }

    public Optional<Boolean> optionalFlag(String name) {
        return value(name, JsonNode::isBoolean, "true or false").map(JsonNode::booleanValue);
    }

    /// Also in the words and digits that the compute and volume APIs have always taken for one.
    public Optional<Boolean> optionalLooseFlag(String name) {
        JsonNode found = node.path(name);
        if (!found.isTextual() && !found.isIntegralNumber()) {
            return optionalFlag(name);
        }
        return Optional.of(
                switch (found.asText().toLowerCase(Locale.ROOT)) {
                    case "1", "t", "true", "on", "y", "yes" -> true;
                    case "0", "f", "false", "off", "n", "no" -> false;
                    default -> throw invalid(at(name) + " must be true or false.");
                });
    }

    /// A whole number, not negative.
    public Optional<Integer> optionalCount(String name) {
        return value(
                        name,
                        found -> found.canConvertToInt() && found.isIntegralNumber() && found.intValue() >= 0,
                        "a whole number that is not negative")
                .map(JsonNode::intValue);
    }

    /// A whole number, not negative; also as a string of digits, as some clients write sizes and counts.
    public Optional<Integer> optionalNumber(String name) {
        JsonNode found = node.path(name);
        return found.isTextual() && DIGITS.matcher(found.textValue()).matches()
                ? Optional.of(Integer.parseInt(found.textValue()))
                : optionalCount(name);
    }

    /// A whole number, also a negative one; also as a string.
    public Optional<Integer> optionalInteger(String name) {
        JsonNode found = node.path(name);
        if (found.isTextual() && SIGNED_DIGITS.matcher(found.textValue()).matches()) {
            return Optional.of(Integer.parseInt(found.textValue()));
        }
        return value(name, given -> given.canConvertToInt() && given.isIntegralNumber(), "a whole number")
                .map(JsonNode::intValue);
    }

    /// An object of strings, such as metadata.
    public Optional<Map<String, String>> optionalTextMap(String name, int maxKeyLength, int maxValueLength) {
        return value(name, JsonNode::isObject, "an object").map(object -> {
            Map<String, String> texts = new LinkedHashMap<>();
            object.properties().forEach(entry -> {
                String key = entry.getKey();
                if (key.isBlank() || key.length() > maxKeyLength) {
                    throw invalid("keys of " + at(name) + " must have 1 to " + maxKeyLength + " characters.");
                }
                if (!entry.getValue().isTextual()
                        || entry.getValue().textValue().length() > maxValueLength) {
                    throw invalid(
                            "values of " + at(name) + " must be strings of at most " + maxValueLength + " characters.");
                }
                texts.put(key, entry.getValue().textValue());
            });
            return texts;
        });
    }

    public List<String> texts(String name, int maxEntries, int maxLength) {
        List<String> texts = new ArrayList<>();
        for (JsonNode entry : array(name, maxEntries)) {
            if (!entry.isTextual() || entry.textValue().length() > maxLength) {
                throw invalid(at(name) + " must be a list of strings of at most " + maxLength + " characters.");
            }
            texts.add(entry.textValue());
        }
        return texts;
    }

    public List<JsonFields> objects(String name, int maxEntries) {
        List<JsonFields> objects = new ArrayList<>();
        for (JsonNode entry : array(name, maxEntries)) {
            if (!entry.isObject()) {
                throw invalid(at(name) + " must be a list of objects.");
            }
            objects.add(new JsonFields(entry, at(name) + "[" + objects.size() + "]"));
        }
        return objects;
    }

    /// @throws StasisException `INVALID_REQUEST` if there is a field that is not one of these
    public JsonFields only(String... names) {
        List<String> known = List.of(names);
        for (String name : names()) {
            if (!known.contains(name)) {
                throw invalid("Additional properties are not allowed: " + at(Faults.shortened(name)) + ".");
            }
        }
        return this;
    }

    private Iterable<JsonNode> array(String name, int maxEntries) {
        Optional<JsonNode> array = value(name, JsonNode::isArray, "a list");
        if (array.isPresent() && array.get().size() > maxEntries) {
            throw invalid(at(name) + " has more than " + maxEntries + " entries.");
        }
        return array.isPresent() ? array.get() : List.of();
    }

    private Optional<JsonNode> value(String name, Predicate<JsonNode> form, String expected) {
        JsonNode found = node.path(name);
        if (found.isMissingNode() || found.isNull()) {
            return Optional.empty();
        }
        if (!form.test(found)) {
            throw invalid(at(name) + " must be " + expected + ".");
        }
        return Optional.of(found);
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "Invalid input: " + message);
    }
}
