package cloud.stasis.cli.login;

import cloud.stasis.cli.http.Body;
import cloud.stasis.cli.http.Method;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A request to a service of the cloud, before it is known where that is and with which token.
///
/// @param pathAndQuery below the service's endpoint, encoded; made by the methods here
public record Call(ServiceType service, Method method, String pathAndQuery, Map<String, String> headers, Body body) {
    public Call {
        headers = Map.copyOf(headers);
    }

    public static Call get(ServiceType service, String... segments) {
        return new Call(service, Method.GET, path(segments), Map.of(), Body.NONE);
    }

    public static Call delete(ServiceType service, String... segments) {
        return new Call(service, Method.DELETE, path(segments), Map.of(), Body.NONE);
    }

    public static Call post(ServiceType service, String... segments) {
        return new Call(service, Method.POST, path(segments), Map.of(), Body.NONE);
    }

    public static Call put(ServiceType service, String... segments) {
        return new Call(service, Method.PUT, path(segments), Map.of(), Body.NONE);
    }

    public Call query(String name, String value) {
        String joint = pathAndQuery.contains("?") ? "&" : "?";
        return new Call(service, method, pathAndQuery + joint + name + "=" + encode(value), headers, body);
    }

    public Call header(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Call(service, method, pathAndQuery, more, body);
    }

    public Call json(JsonNode tree) {
        return body(new Body.Json(tree));
    }

    public Call body(Body other) {
        return new Call(service, method, pathAndQuery, headers, other);
    }

    private static String path(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return path.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
