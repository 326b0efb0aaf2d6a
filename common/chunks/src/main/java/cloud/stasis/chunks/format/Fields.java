package cloud.stasis.chunks.format;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Reads the fields of a JSON object; each is of its type or the object is refused.
public record Fields(String what, JsonNode json) {
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final long FIRST_YEAR_SECOND =
            Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_YEAR_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    public String text(String name) {
        return optional(name).orElseThrow(() -> missing(name));
    }

    public Optional<String> optional(String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw missing(name);
        }
        return Optional.of(value.textValue());
    }

    public long number(String name) {
        JsonNode value = json.get(name);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw missing(name);
        }
        return value.longValue();
    }

    public Instant instant(String name) {
        try {
            return MICROS.parse(text(name), Instant::from);
        } catch (DateTimeParseException e) {
            throw missing(name);
        }
    }

    public <E extends Enum<E>> E choice(String name, Class<E> type) {
        String wireName = text(name);
        for (E choice : type.getEnumConstants()) {
            if (wireName(choice).equals(wireName)) {
                return choice;
            }
        }
        throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "the " + name + " of a " + what + " is not known here");
    }

    public Optional<JsonNode> object(String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw missing(name);
        }
        return Optional.of(value);
    }

    public <T> List<T> list(String name, Function<JsonNode, T> element) {
        JsonNode value = json.get(name);
        if (value == null || !value.isArray()) {
            throw missing(name);
        }
        List<T> elements = new ArrayList<>(value.size());
        value.forEach(item -> elements.add(element.apply(item)));
        return elements;
    }

    public Collection<String> names() {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    public StasisException missing(String name) {
        return new StasisException(
                ErrorCode.MALFORMED_OBJECT, "the field " + name + " of a " + what + " is missing or of a wrong type");
    }

    /// `FILE_SYSTEM` stands as `file-system`.
    public static String wireName(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Always with six digits of a second, so that there is one way to write an instant.
    public static String text(Instant instant) {
        if (instant.getEpochSecond() < FIRST_YEAR_SECOND || instant.getEpochSecond() > LAST_YEAR_SECOND) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a time must lie in the years 0 to 9999");
        }
        return MICROS.format(instant);
    }
}
