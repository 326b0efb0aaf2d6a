package cloud.stasis.messages;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Messages to JSON and back. Unknown fields are skipped (a newer sender may add optional ones); unknown types,
/// unknown cases of a sealed type and anything over [#MAX_BYTES] are refused. Thread-safe.
public final class MessageCodec {
    /// The largest message; a manifest of 64 parts with its receipt is about 60 KiB.
    public static final int MAX_BYTES = 512 * 1024;

    private static final int MAX_DEPTH = 32;

    private final ObjectMapper mapper = mapper();

    /// A mapper that knows the types of `cloud.stasis.model`: for messages, and for tables and files that keep
    /// the same records.
    public static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
                .addModule(new Jdk8Module())
                .addModule(new JavaTimeModule())
                .addModule(new ModelJson())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT));
        for (Class<?> sealed : SealedCases.TYPES) {
            builder.addMixIn(sealed, Tagged.class);
            builder.registerSubtypes(SealedCases.of(sealed));
        }
        JsonMapper mapper = builder.build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_BYTES)
                        .build());
        return mapper;
    }

    public byte[] encode(Message message) {
        try {
            byte[] json = mapper.writeValueAsBytes(message);
            if (json.length > MAX_BYTES) {
                throw new StasisException(
                        ErrorCode.INTERNAL, "a message of " + json.length + " bytes is over the limit");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a message could not be written as JSON", e);
        }
    }

    /// @throws StasisException `UNSUPPORTED_FORMAT` if the bytes are not a message of that type
    public Message decode(MessageType type, byte[] json) {
        if (json.length > MAX_BYTES) {
            throw new StasisException(
                    ErrorCode.UNSUPPORTED_FORMAT, "a message of " + json.length + " bytes is over the limit");
        }
        try {
            return mapper.readValue(json, type.payload());
        } catch (JsonMappingException e) {
            throw new StasisException(
                    ErrorCode.UNSUPPORTED_FORMAT, "not a " + type.wireName() + ": " + e.getPathReference(), e);
        } catch (IOException e) {
            throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "not a " + type.wireName(), e);
        }
    }

    /// For log lines and files that people read.
    public String pretty(Message message) {
        return new String(encode(message), StandardCharsets.UTF_8);
    }

    /// A sealed type says in the property `kind` which case it is.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.PROPERTY, property = "kind")
    private interface Tagged {}
}
