package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import io.quarkus.test.junit.QuarkusTest;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class GateIT {
    private final TestCloud cloud = new TestCloud();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/identity/v3/users",
                "/compute/v2.1/servers",
                "/volume/v3/volumes",
                "/image/v2/images",
                "/snapshot/v1/snapshots",
                "/nothing",
                "/"
            })
    void nothingIsServedWithoutAToken(String path) {
        Answer answer = cloud.get("", path).expect(401);

        assertThat(answer.json().at("/error/title").asText()).isEqualTo("Unauthorized");
        assertThat(answer.header("WWW-Authenticate")).startsWith("Keystone uri=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/identity/../compute/v2.1/servers",
                "/identity/v3/%2e%2e/v3/users",
                "/identity//v3/users",
                "/identity/v3/;x/users",
                "/q/../image/v2/images",
                "/compute/v2.1/..%2fservers"
            })
    void pathTricksDoNotGetAroundIt(String path) throws Exception {
        assertThat(statusOfRaw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .isEqualTo(401);
    }

    @Test
    void everyAnswerHasARequestIdOfItsOwn() {
        Answer first = cloud.get("", "/compute/v2.1");
        Answer second = cloud.get("", "/compute/v2.1/servers");

        assertThat(first.header("x-openstack-request-id")).matches("req-[0-9a-f-]{36}");
        assertThat(first.header("x-compute-request-id")).isEqualTo(first.header("x-openstack-request-id"));
        assertThat(second.header("x-openstack-request-id")).isNotEqualTo(first.header("x-openstack-request-id"));
    }

    @Test
    void theVersionIsEchoedOnFaultsToo() {
        Answer fault = cloud.call("", "GET", "/compute/v2.1/servers", null, "OpenStack-API-Version", "compute 2.45");

        assertThat(fault.status()).isEqualTo(401);
        assertThat(fault.header("OpenStack-API-Version")).isEqualTo("compute 2.45");
        assertThat(fault.header("X-OpenStack-Nova-API-Version")).isEqualTo("2.45");
        assertThat(fault.header("Vary")).contains("OpenStack-API-Version", "X-OpenStack-Nova-API-Version");
    }

    @Test
    void anUnsupportedMicroversionIsNotAcceptable() {
        Answer compute =
                cloud.call("", "GET", "/compute/v2.1/servers", null, "OpenStack-API-Version", "compute 2.9999");
        Answer volume = cloud.call("", "GET", "/volume/v3/volumes", null, "OpenStack-API-Version", "volume 3.999");

        compute.expect(406);
        assertThat(compute.json().at("/computeFault/code").asInt()).isEqualTo(406);
        volume.expect(406);
        cloud.call("", "GET", "/compute/v2.1", null, "OpenStack-API-Version", "compute x")
                .expect(400);
    }

    @Test
    void whatIsNotThereIsNotFoundInTheFormOfItsApi() {
        String token = cloud.admin();

        assertThat(cloud.get(token, "/identity/v3/nothing")
                        .expect(404)
                        .json()
                        .at("/error/code")
                        .asInt())
                .isEqualTo(404);
        assertThat(cloud.get(token, "/compute/v2.1/nothing").expect(404).json().has("itemNotFound"))
                .isTrue();
        assertThat(cloud.get(token, "/volume/v3/nothing").expect(404).json().has("itemNotFound"))
                .isTrue();
        assertThat(cloud.get(token, "/image/v2/nothing")
                        .expect(404)
                        .json()
                        .path("title")
                        .asText())
                .isEqualTo("Not Found");
        assertThat(cloud.get(token, "/snapshot/v1/nothing").expect(404).header("Content-Type"))
                .startsWith("application/problem+json");
    }

    @Test
    void aMethodThatIsNotServedIsNotAllowed() {
        String token = cloud.admin();

        assertThat(cloud.call(token, "PUT", "/identity/v3/users", "{}")
                        .expect(405)
                        .json()
                        .at("/error/code")
                        .asInt())
                .isEqualTo(405);
        cloud.call(token, "PUT", "/image/v2/images", null).expect(405);
    }

    @Test
    void aBodyOfAnotherKindIsNotTaken() {
        String token = cloud.admin();

        cloud.call(token, "POST", "/identity/v3/users", "a=b", "Content-Type", "application/x-www-form-urlencoded")
                .expect(415);
        cloud.call(token, "PATCH", "/image/v2/images/" + java.util.UUID.randomUUID(), "[]")
                .expect(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "", "[]", "7", "\"x\"", "null", "{\"user\": ", "{\"user\": []}", "{\"user\": null}"})
    void malformedJsonIsABadRequest(String body) {
        cloud.post(cloud.admin(), "/identity/v3/users", body).expect(400);
        cloud.post("", "/identity/v3/auth/tokens", body).expect(400);
        cloud.post(cloud.admin(), "/image/v2/images", body).expect(400);
    }

    @Test
    void deeplyNestedJsonIsABadRequest() {
        String deep = "{\"user\":".repeat(5000) + "1" + "}".repeat(5000);

        cloud.post(cloud.admin(), "/identity/v3/users", deep).expect(400);
    }

    @Test
    void aHugeBodyIsRefused() {
        String huge = "{\"user\": {\"name\": \"" + "x".repeat(2 * 1024 * 1024) + "\"}}";

        Answer answer = cloud.post(cloud.admin(), "/identity/v3/users", huge);

        answer.expect(413);
        assertThat(answer.json().at("/error/code").asInt()).isEqualTo(413);
    }

    @Test
    void versionDocumentsAreOpenAndLinkToThemselves() {
        assertThat(cloud.get("", "/identity")
                        .expect(300)
                        .json()
                        .at("/versions/values/0/links/0/href")
                        .asText())
                .endsWith("/identity/v3/");
        cloud.get("", "/identity/v3").expect(200);
        cloud.get("", "/identity/v3/").expect(200);
        assertThat(cloud.get("", "/compute")
                        .expect(200)
                        .json()
                        .at("/versions/0/version")
                        .asText())
                .isEqualTo(MicroversionRange.COMPUTE.maximum().toString());
        assertThat(cloud.get("", "/compute/v2.1/").expect(200).json().at("/version/media-types"))
                .isNotEmpty();
        cloud.get("", "/volume").expect(300);
        assertThat(cloud.get("", "/volume/v3")
                        .expect(200)
                        .json()
                        .at("/versions/0/min_version")
                        .asText())
                .isEqualTo("3.0");
        cloud.get("", "/image").expect(300);
        assertThat(cloud.get("", "/image/versions")
                        .expect(200)
                        .json()
                        .at("/versions/0/links/0/href")
                        .asText())
                .endsWith("/image/v2/");
    }

    @Test
    void healthIsOpen() {
        cloud.get("", "/q/health/live").expect(200);
    }

    @Test
    void headersOfRubbishAreNoFailure() {
        for (String token : List.of("x", "a.b.c", "é", "x".repeat(4096), "x".repeat(7000), "' or 1=1 --")) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(TestCloud.uri("/image/v2/images").toString()))
                    .header("X-Auth-Token", token)
                    .build();
            cloud.send(request).expect(401);
        }
    }

    private static int statusOfRaw(String request) throws Exception {
        URI uri = TestCloud.uri("/");
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            String head = new String(in.readNBytes("HTTP/1.1 401".length()), StandardCharsets.US_ASCII);
            return Integer.parseInt(head.substring("HTTP/1.1 ".length()));
        }
    }
}
