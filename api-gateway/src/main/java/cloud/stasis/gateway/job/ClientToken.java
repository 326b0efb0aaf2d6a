package cloud.stasis.gateway.job;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/// What a client names its request by, so that sending it again does not do it again. Printable ASCII, 1 to 64
/// characters.
public record ClientToken(String value) {
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,64}");

    public ClientToken {
        if (!TOKEN.matcher(value).matches()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "Idempotency-Key must be 1 to 64 printable ASCII characters.");
        }
    }

    /// Of one of several jobs that a request makes.
    ///
    /// @param part what the job is about
    public ClientToken of(Object part) {
        byte[] both = (value + ' ' + part).getBytes(StandardCharsets.UTF_8);
        return new ClientToken(UUID.nameUUIDFromBytes(both).toString());
    }
}
