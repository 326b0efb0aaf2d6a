package cloud.stasis.gateway.http;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a request is called in every log that it leaves a trace in.
///
/// @param own made here, for this request alone: in the answer's headers, in jobs, on the bus
/// @param global made by a client that has several requests for one thing that it does, at this service and at others
record RequestIds(String own, Optional<String> global) {
    static final String HEADER = "X-OpenStack-Request-ID";
    private static final String PREFIX = "req-";

    /// What OpenStack services take. It goes into logs as it is, so nothing else may be in it.
    private static final Pattern FORM =
            Pattern.compile("req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    /// @param claimed what the client says; of another form it is as if it had said nothing
    static RequestIds fresh(@Nullable String claimed) {
        return new RequestIds(
                PREFIX + UUID.randomUUID(),
                Optional.ofNullable(claimed).filter(text -> FORM.matcher(text).matches()));
    }
}
