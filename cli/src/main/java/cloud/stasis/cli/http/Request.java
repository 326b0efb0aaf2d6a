package cloud.stasis.cli.http;

import java.net.URI;
import java.util.Map;

/// One request. The headers may hold a token: a request is never printed whole.
public record Request(Method method, URI target, Map<String, String> headers, Body body) {
    public Request {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return method + " " + target;
    }
}
