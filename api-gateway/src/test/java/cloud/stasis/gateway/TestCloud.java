package cloud.stasis.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/// The gateway under test as its clients see it: over HTTP. Every answer is checked for what no answer may ever
/// hold.
public final class TestCloud {
    /// From where images may be imported. Nobody goes there: the image service is none.
    public static final String IMAGE_HOST = "images.example.org";

    /// The only network, with room for five addresses.
    public static final String NETWORK_ID = "6f1c2a34-0000-4000-8000-00000000000a";

    static final String NETWORK = "private:" + NETWORK_ID;
    public static final String ADMIN_PASSWORD = "the operator's password";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /// One answer.
    public record Answer(int status, HttpResponse<byte[]> raw) {
        public String text() {
            return new String(raw.body(), java.nio.charset.StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            try {
                return JSON.readTree(raw.body());
            } catch (IOException e) {
                throw new UncheckedIOException("not JSON: " + text(), e);
            }
        }

        public String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        /// @throws AssertionError with the answer, if it has another status
        public Answer expect(int expected) {
            if (status != expected) {
                throw new AssertionError(
                        raw.request().method() + " " + raw.uri() + " answered " + status + ": " + text());
            }
            return this;
        }
    }

    public static URI uri(String path) {
        int port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public Answer get(String token, String path) {
        return call(token, "GET", path, null);
    }

    public Answer post(String token, String path, String body) {
        return call(token, "POST", path, body);
    }

    public Answer call(String token, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(PATIENCE)
                .header("Accept", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("X-Auth-Token", token);
        }
        if (body != null && !String.join(" ", headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        for (int at = 0; at < headers.length; at += 2) {
            request.setHeader(headers[at], headers[at + 1]);
        }
        return send(request.build());
    }

    public Answer send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            Answer answer = new Answer(response.statusCode(), response);
            checkDiscretion(answer);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// A token of the operator for the project admin.
    public String admin() {
        return login("admin", ADMIN_PASSWORD, "admin");
    }

    public String login(String user, String password, String project) {
        return post("", "/identity/v3/auth/tokens", passwordLogin(user, password, project))
                .expect(201)
                .header("X-Subject-Token");
    }

    public static String passwordLogin(String user, String password, String project) {
        return """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                    {"name": "%s", "domain": {"id": "default"}, "password": "%s"}}},
                 "scope": {"project": {"name": "%s", "domain": {"id": "default"}}}}}
                """.formatted(user, password, project);
    }

    /// A fresh project with a user of its own who has the role there.
    public Tenant tenant(String role) {
        String admin = admin();
        String name = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
        String project = post(admin, "/identity/v3/projects", "{\"project\": {\"name\": \"" + name + "\"}}")
                .expect(201)
                .json()
                .at("/project/id")
                .asText();
        return member(project, name, role);
    }

    /// A fresh user with the role on a project that exists.
    public Tenant member(String projectId, String projectName, String role) {
        String admin = admin();
        String name = "user-" + UUID.randomUUID().toString().substring(0, 8);
        String user = post(
                        admin,
                        "/identity/v3/users",
                        "{\"user\": {\"name\": \"" + name + "\", \"password\": \"secret of " + name + "\"}}")
                .expect(201)
                .json()
                .at("/user/id")
                .asText();
        call(
                        admin,
                        "PUT",
                        "/identity/v3/projects/" + projectId + "/users/" + user + "/roles/" + role(admin, role),
                        null)
                .expect(204);
        String password = "secret of " + name;
        return new Tenant(projectId, projectName, user, name, password, login(name, password, projectName));
    }

    public String role(String admin, String name) {
        return get(admin, "/identity/v3/roles?name=" + name)
                .expect(200)
                .json()
                .at("/roles/0/id")
                .asText();
    }

    /// A user and its project.
    public record Tenant(
            String projectId, String projectName, String userId, String userName, String password, String token) {}

    private static void checkDiscretion(Answer answer) {
        String text = answer.text();
        for (Map.Entry<String, String> sign : Map.of(
                        "\tat ", "a stack trace",
                        "Exception", "the name of an exception",
                        "cloud.stasis", "the name of a class",
                        "java.lang", "the name of a class",
                        "org.hibernate", "the name of a class")
                .entrySet()) {
            if (answer.status() >= 400 && text.contains(sign.getKey())) {
                throw new AssertionError("an answer holds " + sign.getValue() + ": " + text);
            }
        }
        if (answer.status() >= 500 && answer.status() != 503 && answer.status() != 501) {
            throw new AssertionError("the gateway failed: " + answer.status() + " " + text);
        }
        if (answer.header("x-openstack-request-id").isEmpty()) {
            throw new AssertionError("an answer has no request id: " + answer.raw());
        }
    }
}
