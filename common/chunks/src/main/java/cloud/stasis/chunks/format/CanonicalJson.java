package cloud.stasis.chunks.format;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The one way to write a JSON value: RFC 8785 (JSON Canonicalization Scheme) without fractions. UTF-8, no
/// white space, keys sorted by UTF-16 code units, numbers are integers, only what must be escaped is.
///
/// A value is a `String`, a `Long`, a `List` of values or a `Map` from `String` to values.
public final class CanonicalJson {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_STRING = 64 * 1024;

    private static final ObjectReader READER = reader();

    private CanonicalJson() {}

    public static byte[] write(Map<String, ?> object) {
        StringBuilder text = new StringBuilder(1024);
        value(text, object);
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return Arrays.copyOf(utf8.array(), utf8.limit());
        } catch (CharacterCodingException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a text holds half of a surrogate pair", e);
        }
    }

    /// Parses, within narrow limits. Does not check that the bytes are canonical: the caller writes what it
    /// understood and compares.
    public static JsonNode parse(byte[] json) {
        try {
            JsonNode node = READER.readTree(json);
            if (!node.isObject()) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "not a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "not valid JSON", e);
        }
    }

    private static void value(StringBuilder text, Object value) {
        switch (value) {
            case String string -> string(text, string);
            case Long number -> text.append(number.longValue());
            case List<?> list -> {
                text.append('[');
                for (int at = 0; at < list.size(); at++) {
                    value(text.append(at == 0 ? "" : ","), list.get(at));
                }
                text.append(']');
            }
            case Map<?, ?> map -> object(text, map);
            default -> throw new IllegalArgumentException("not a canonical value: " + value.getClass());
        }
    }

    private static void object(StringBuilder text, Map<?, ?> map) {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put((String) key, value));
        text.append('{');
        boolean first = true;
        for (Map.Entry<String, Object> entry : sorted.entrySet()) {
            string(text.append(first ? "" : ","), entry.getKey());
            value(text.append(':'), entry.getValue());
            first = false;
        }
        text.append('}');
    }

    private static void string(StringBuilder text, String string) {
        text.append('"');
        for (int at = 0; at < string.length(); at++) {
            character(text, string.charAt(at));
        }
        text.append('"');
    }

    private static void character(StringBuilder text, char character) {
        switch (character) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\b' -> text.append("\\b");
            case '\t' -> text.append("\\t");
            case '\n' -> text.append("\\n");
            case '\f' -> text.append("\\f");
            case '\r' -> text.append("\\r");
            default -> {
                if (character < 0x20) {
                    text.append(String.format("\\u%04x", (int) character));
                } else {
                    text.append(character);
                }
            }
        }
    }

    private static ObjectReader reader() {
        JsonMapper mapper = JsonMapper.builder()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_STRING)
                        .maxNumberLength(20)
                        .build());
        return mapper.reader();
    }
}
