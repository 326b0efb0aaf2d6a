package cloud.stasis.gateway.saga;

import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;

/// What rows keep as JSON, progress and data of sagas among them: the forms of the bus for everything that the
/// bus knows.
public final class RowJson {
    private static final ObjectMapper MAPPER = MessageCodec.mapper().addMixIn(Progress.class, TaggedProgress.class);

    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private static final TypeReference<List<String>> LIST = new TypeReference<>() {};

    private RowJson() {}

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a stored value could not be written", e);
        }
    }

    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a stored value could not be read", e);
        }
    }

    public static Map<String, String> readStrings(String json) {
        try {
            return MAPPER.readValue(json, STRINGS);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "stored names and values could not be read", e);
        }
    }

    public static List<String> readList(String json) {
        try {
            return MAPPER.readValue(json, LIST);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a stored list could not be read", e);
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.PROPERTY, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Progress.Forward.class, name = "forward"),
        @JsonSubTypes.Type(value = Progress.Backward.class, name = "backward"),
        @JsonSubTypes.Type(value = Progress.Completed.class, name = "completed"),
        @JsonSubTypes.Type(value = Progress.Undone.class, name = "undone"),
        @JsonSubTypes.Type(value = Progress.Stuck.class, name = "stuck"),
    })
    private interface TaggedProgress {}
}
