package cloud.stasis.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The database and the broker go away and come back. Callers are told to try again later; the gateway stays, and
/// serves by itself as soon as it can.
class OutageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final List<String> READS =
            List.of("/compute/v2.1/servers", "/image/v2/images", "/identity/v3/users", "/snapshot/v1/jobs");
    private static final String GROUP =
            "{\"server_group\": {\"name\": \"after-the-outage\", \"policies\": [\"affinity\"]}}";

    private static OneMachineCloud cloud;
    private static String gateway;
    private static String token;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    @BeforeAll
    static void login() {
        cloud = OneMachineCloud.running();
        gateway = cloud.gateway();
        token = cloud.openstack("token", "issue", "-f", "value", "-c", "id")
                .succeeded()
                .out()
                .strip();
    }

    @Test
    void withoutADatabaseCallersAreToldToComeBack() throws Exception {
        ProcessHandle before = cloud.process("api-gateway");
        cloud.kill("mariadb");

        for (String path : READS) {
            refused(call("GET", path, ""));
        }
        refused(call("POST", "/compute/v2.1/os-server-groups", GROUP));
        refused(call(
                "POST",
                "/identity/v3/auth/tokens",
                "{\"auth\": {\"identity\": {\"methods\": [\"token\"]," + " \"token\": {\"id\": \"" + token + "\"}}}}"));

        cloud.up();
        Await.until("the gateway serves again", PATIENCE, () -> statusOf(READS.getFirst()), status -> status == 200);
        assertThat(call("POST", "/compute/v2.1/os-server-groups", GROUP).statusCode())
                .isEqualTo(200);
        assertThat(cloud.process("api-gateway")).isEqualTo(before);
    }

    @Test
    void withoutABrokerNothingIsLost() throws Exception {
        ProcessHandle before = cloud.process("api-gateway");
        cloud.kill("kafka");

        assertThat(call("GET", READS.getFirst(), "").statusCode()).isEqualTo(200);
        HttpResponse<String> volume = call("POST", "/compute/v2.1/os-volumes", "{\"volume\": {\"size\": 1}}");
        assertThat(volume.statusCode()).isIn(Set.of(200, 503));

        cloud.up();
        if (volume.statusCode() == 200) {
            String id = volume.body().replaceAll("(?s).*\"id\":\\s*\"([0-9a-f-]{36})\".*", "$1");
            Await.until(
                    "the volume that was ordered meanwhile is there",
                    PATIENCE,
                    () -> cloud.openstackJson("volume", "show", id)
                            .path("status")
                            .asText(),
                    "available"::equals);
            cloud.openstack("volume", "delete", id).succeeded();
        }
        assertThat(cloud.process("api-gateway")).isEqualTo(before);
    }

    private static void refused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.uri() + " " + answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).doesNotContain("Exception", "jdbc", "127.0.0.1");
    }

    private int statusOf(String path) {
        try {
            return call("GET", path, "").statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private HttpResponse<String> call(String method, String path, String body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!path.endsWith("/auth/tokens")) {
            request.header("X-Auth-Token", token);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
