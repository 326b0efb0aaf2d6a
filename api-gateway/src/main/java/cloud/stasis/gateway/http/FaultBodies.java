package cloud.stasis.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The form that each API gives to a fault. Clients parse these bodies, so each is as the OpenStack service
/// writes it; our own API answers with problem details (RFC 9457).
final class FaultBodies {
    private static final String JSON = "application/json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private FaultBodies() {}

    record Body(String mediaType, String text) {}

    /// @param accept the request's `Accept` header
    static Body of(Api api, Fault fault, @Nullable String accept, String requestId) {
        if (fault.status() == 401) {
            return new Body(JSON, json(keystone(fault)));
        }
        return switch (api) {
            case IDENTITY -> new Body(JSON, json(keystone(fault)));
            case COMPUTE, VOLUME -> new Body(JSON, json(named(api, fault)));
            case IMAGE -> image(fault, accept);
            case SNAPSHOT, PLATFORM -> new Body("application/problem+json", json(problem(fault, requestId)));
        };
    }

    /// Also what every service answers to a bad token: Keystone's middleware writes it.
    private static Map<String, Object> keystone(Fault fault) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", fault.status());
        error.put("title", fault.title());
        error.put("message", fault.message());
        return Map.of("error", error);
    }

    private static Map<String, Object> named(Api api, Fault fault) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("code", fault.status());
        body.put("message", fault.message());
        fault.retryAfter().ifPresent(wait -> {
            if (fault.status() == 413 || fault.status() == 429) {
                body.put("retryAfter", Long.toString(wait.toSeconds()));
            }
        });
        String name =
                switch (fault.status()) {
                    case 400 -> "badRequest";
                    case 403 -> "forbidden";
                    case 404 -> "itemNotFound";
                    case 405 -> "badMethod";
                    case 409 -> "conflictingRequest";
                    case 413 -> "overLimit";
                    case 415 -> "badMediaType";
                    case 429 -> api == Api.COMPUTE ? "overLimit" : "computeFault";
                    case 501 -> "notImplemented";
                    case 503 -> "serviceUnavailable";
                    default -> "computeFault";
                };
        return Map.of(name, body);
    }

    /// A client that asks for JSON gets JSON. The usual ones do not ask: glanceclient accepts anything, and cannot
    /// read the JSON form; the SDK reads a message only out of JSON or HTML. They get the page that Glance gives
    /// them.
    private static Body image(Fault fault, @Nullable String accept) {
        String code = fault.status() + " " + fault.title();
        if (accept == null || !accept.contains(JSON)) {
            return new Body("text/html; charset=UTF-8", page(code, fault.message()));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("message", fault.message() + "<br /><br />\n\n\n");
        body.put("code", code);
        body.put("title", fault.title());
        return new Body(JSON, json(body));
    }

    private static String page(String code, String message) {
        String text = message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return """
                <html>
                 <head>
                  <title>%1$s</title>
                 </head>
                 <body>
                  <h1>%1$s</h1>
                  %2$s<br /><br />
                 </body>
                </html>
                """.formatted(code, text);
    }

    private static Map<String, Object> problem(Fault fault, String requestId) {
        Map<String, Object> body = new LinkedHashMap<>();
        fault.code().ifPresent(code -> body.put("type", "urn:stasis:error:" + code));
        body.put("title", fault.title());
        body.put("status", fault.status());
        body.put("detail", fault.message());
        fault.code().ifPresent(code -> body.put("code", code.name()));
        body.put("request_id", requestId);
        return body;
    }

    private static String json(Map<String, Object> body) {
        try {
            return MAPPER.writeValueAsString(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of strings and numbers is always JSON", impossible);
        }
    }
}
