package cloud.stasis.machine;

import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/// A machine as the bytes of its device archive. Whoever wrote them, what comes out is a [Machine] and nothing else.
public final class DeviceArchive {
    /// Records of 26 disks are 10 KiB; the rest is for what firmware and a TPM keep.
    public static final ByteCount MAX_SIZE = ByteCount.ofMib(1);

    private static final ObjectMapper JSON = MessageCodec.mapper();
    private static final ObjectMapper STRICT =
            MessageCodec.mapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private DeviceArchive() {}

    /// @throws StasisException `MALFORMED_OBJECT` if it is not one
    public static Machine read(byte[] bytes) {
        return read(JSON, bytes);
    }

    /// As [#read], and refuses what says anything that a machine has no record for.
    public static Machine readStrictly(byte[] bytes) {
        return read(STRICT, bytes);
    }

    public static byte[] write(Machine machine) {
        try {
            return JSON.writeValueAsBytes(machine);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "the device archive could not be written", e);
        }
    }

    private static Machine read(ObjectMapper json, byte[] bytes) {
        try {
            return json.readValue(bytes, Machine.class);
        } catch (IOException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the device archive cannot be understood", e);
        }
    }
}
