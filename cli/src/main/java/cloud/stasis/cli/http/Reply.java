package cloud.stasis.cli.http;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A whole answer, whatever its status.
///
/// @param headers by their names in lower case
public record Reply(int status, Map<String, List<String>> headers, byte[] body) {

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    public Optional<String> header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    public Optional<String> requestId() {
        return header("x-openstack-request-id").or(() -> header("x-compute-request-id"));
    }

    /// The body as JSON; [FailureType#BAD_ANSWER] if it is none, which is what a proxy's error page looks like.
    public JsonNode json() {
        return Json.parse(body)
                .orElseThrow(() -> Failure.local(
                        FailureType.BAD_ANSWER,
                        "the answer is not JSON; is the address the one of a cloud, or does a proxy answer for it?"));
    }

    /// This answer if it is a success, else the failure that it reports.
    public Reply orFail() {
        if (isSuccess()) {
            return this;
        }
        throw Failure.ofServer(status, Faults.message(this), requestId());
    }
}
