package cloud.stasis.gateway.image.store;

import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;

/// Columns that hold JSON. Parts have the form that they have in messages.
final class JsonColumns {
    private static final ObjectMapper PLAIN = new ObjectMapper();
    private static final ObjectMapper MODEL = MessageCodec.mapper();
    private static final TypeReference<Map<String, String>> MAP = new TypeReference<>() {};
    private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
    private static final TypeReference<List<Part>> PARTS = new TypeReference<>() {};

    private JsonColumns() {}

    static String write(Object plain) {
        try {
            return PLAIN.writeValueAsString(plain);
        } catch (JsonProcessingException e) {
            throw broken(e);
        }
    }

    static String writeParts(List<Part> parts) {
        try {
            return MODEL.writerFor(PARTS).writeValueAsString(parts);
        } catch (JsonProcessingException e) {
            throw broken(e);
        }
    }

    static Map<String, String> readMap(String column) {
        return read(PLAIN, column, MAP);
    }

    static List<String> readTexts(String column) {
        return read(PLAIN, column, TEXTS);
    }

    static List<Part> readParts(String column) {
        return read(MODEL, column, PARTS);
    }

    private static <T> T read(ObjectMapper mapper, String column, TypeReference<T> type) {
        try {
            return mapper.readValue(column, type);
        } catch (JsonProcessingException e) {
            throw broken(e);
        }
    }

    private static StasisException broken(JsonProcessingException cause) {
        return new StasisException(
                ErrorCode.MALFORMED_OBJECT, "a JSON column of an image is not what it should be", cause);
    }
}
