package cloud.stasis.bus;

import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Message;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.messages.MessageType;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// An envelope as a Kafka record: metadata in headers, so that routing and deduplication need no parsing; the
/// payload as JSON. Thread-safe.
public final class RecordCodec {
    public static final String ID = "stasis-id";
    public static final String TYPE = "stasis-type";
    public static final String REQUEST_ID = "stasis-request-id";
    public static final String TIME = "stasis-time";

    private final MessageCodec codec = new MessageCodec();

    public Headers headers(Envelope<?> envelope) {
        Headers headers = new RecordHeaders();
        add(headers, ID, envelope.id().toString());
        add(headers, TYPE, MessageType.of(envelope.payload()).wireName());
        add(headers, REQUEST_ID, envelope.requestId());
        add(headers, TIME, envelope.sentAt().toString());
        return headers;
    }

    public byte[] value(Envelope<?> envelope) {
        return codec.encode(envelope.payload());
    }

    /// @throws StasisException `UNSUPPORTED_FORMAT` if this is not a record that this release can read
    public Envelope<Message> decode(Headers headers, byte[] value) {
        try {
            return new Envelope<>(
                    UUID.fromString(text(headers, ID)),
                    text(headers, REQUEST_ID),
                    Instant.parse(text(headers, TIME)),
                    codec.decode(MessageType.ofWireName(text(headers, TYPE)), value));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "a record header does not parse", e);
        }
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "a record has no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
