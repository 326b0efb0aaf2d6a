package cloud.stasis.gateway.identity.keystone;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Calls of a Keystone's API (v3), as the service user.
public final class Keystone {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);
    /// Answers without catalogues are a few KiB; lists of endpoints some dozens.
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    /// A service token is replaced so long before it ends that no call meets its end.
    private static final Duration RENEWED_BEFORE_END = Duration.ofMinutes(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI url;
    private final ServiceUser user;
    private final Clock clock;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();
    private @Nullable ServiceToken known;

    /// @param url with the version, such as `http://keystone:5000/v3`
    public Keystone(URI url, ServiceUser user, Clock clock) {
        this.url = url;
        this.user = user;
        this.clock = clock;
    }

    /// @param domain of both the user and the project
    public record ServiceUser(String name, String password, String project, String domain) {
        @Override
        public String toString() {
            return "ServiceUser[" + name + "]";
        }
    }

    /// @param body null if there is none
    record Answer(int status, @Nullable JsonNode body) {
        JsonNode required() {
            return Optional.ofNullable(body).orElseThrow(() -> unavailable("It answered without a body.", null));
        }
    }

    private record ServiceToken(String text, Instant endsAt) {}

    /// A call that is answered with one of the statuses that `expected` names.
    ///
    /// @param headers beside the service user's token
    /// @throws StasisException `IDENTITY_UNAVAILABLE` if it does not answer, or not like that
    Answer call(String method, String path, @Nullable JsonNode body, Map<String, String> headers, int... expected) {
        Answer answer = authorised(method, path, body, headers);
        if (answer.status() == 401) {
            // The token was revoked, or Keystone has new keys.
            forget();
            answer = authorised(method, path, body, headers);
        }
        for (int status : expected) {
            if (answer.status() == status) {
                return answer;
            }
        }
        throw unavailable(method + " " + path + " was answered with status " + answer.status() + ".", null);
    }

    private Answer authorised(String method, String path, @Nullable JsonNode body, Map<String, String> headers) {
        HttpRequest.Builder request = request(method, path, body).header("X-Auth-Token", serviceToken());
        headers.forEach(request::header);
        HttpResponse<InputStream> response = send(request.build());
        return new Answer(response.statusCode(), read(response));
    }

    private synchronized void forget() {
        known = null;
    }

    private synchronized String serviceToken() {
        if (known == null || clock.instant().plus(RENEWED_BEFORE_END).isAfter(known.endsAt())) {
            known = login();
        }
        return known.text();
    }

    private ServiceToken login() {
        HttpResponse<InputStream> response =
                send(request("POST", "/auth/tokens?nocatalog", credentials()).build());
        JsonNode body = read(response);
        Optional<String> text = response.headers().firstValue("X-Subject-Token");
        if (response.statusCode() != 201 || text.isEmpty() || body == null) {
            throw unavailable(
                    "The service user " + user.name() + " cannot log in: status " + response.statusCode() + ".", null);
        }
        return new ServiceToken(
                text.get(), Instant.parse(body.at("/token/expires_at").asText()));
    }

    private JsonNode credentials() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode identity = body.putObject("auth").putObject("identity");
        identity.putArray("methods").add("password");
        ObjectNode who = identity.putObject("password").putObject("user");
        who.put("name", user.name()).put("password", user.password());
        who.putObject("domain").put("name", user.domain());
        ObjectNode project = body.withObject("/auth").putObject("scope").putObject("project");
        project.put("name", user.project()).putObject("domain").put("name", user.domain());
        return body;
    }

    private HttpRequest.Builder request(String method, String path, @Nullable JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(ANSWER_LIMIT)
                .header("Accept", "application/json");
        return body == null
                ? request.method(method, BodyPublishers.noBody())
                : request.header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body.toString()));
    }

    private HttpResponse<InputStream> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw unavailable("It does not answer.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The call was interrupted.", e);
        }
    }

    private static @Nullable JsonNode read(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(MAX_ANSWER_BYTES);
            return bytes.length == 0 || response.statusCode() >= 300 ? null : JSON.readTree(bytes);
        } catch (IOException e) {
            throw unavailable("Its answer cannot be read.", e);
        }
    }

    private static StasisException unavailable(String why, @Nullable Exception cause) {
        String message = "The identity service cannot be asked now. " + why + " Try again later.";
        return cause == null
                ? new StasisException(ErrorCode.IDENTITY_UNAVAILABLE, message)
                : new StasisException(ErrorCode.IDENTITY_UNAVAILABLE, message, cause);
    }
}
