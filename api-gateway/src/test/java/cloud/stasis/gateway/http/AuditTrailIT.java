package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.LogLines;
import cloud.stasis.gateway.Routes;
import cloud.stasis.gateway.Routes.Route;
import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class AuditTrailIT {
    @Inject
    Policy policy;

    private final TestCloud cloud = new TestCloud();
    private LogLines lines;

    @BeforeEach
    void read() {
        lines = LogLines.of("audit");
    }

    @AfterEach
    void stopReading() {
        lines.close();
    }

    @Test
    void everyRouteThatChangesSomethingIsWrittenDownWithWhoAskedForWhat() {
        Tenant operator = cloud.tenant("admin");
        List<String> wrong = new ArrayList<>();
        for (Route route : Routes.all()) {
            if (route.isReading()) {
                continue;
            }
            boolean action = route.path().endsWith("/action");
            String path = route.path()
                    .replace("{project}", operator.projectId())
                    .replaceAll("\\{[^}]*}", UUID.randomUUID().toString());
            String body = action ? "{\"probe\": {}}" : "{}";
            Answer answer = cloud.call(
                    operator.token(), route.method(), path, route.method().equals("DELETE") ? null : body);

            boolean open = policy.of(route.method(), path).equals(Optional.of(Admission.OPEN));
            String line = lineOf(answer);
            for (String expected : List.of(
                    route.method() + " " + path + " ",
                    action ? " action=probe " : " action=- ",
                    " user=" + (open ? "-" : operator.userId()) + " ",
                    " project=" + (open ? "-" : operator.projectId()) + " ",
                    open ? " roles=- " : " roles=admin,",
                    " credential=- ",
                    " from=127.0.0.1 ",
                    " status=" + answer.status() + " ")) {
                if (!line.contains(expected)) {
                    wrong.add(route + " lacks" + expected + "in " + line);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/compute/v2.1/os-server-groups | {'server_group': {'name': 'g', 'policies': ['affinity']}} | server_group",
                "/volume/v3/PROJECT/types | {'volume_type': {'name': 'NAME'}} | volume_type",
                "/image/v2/images | {'name': 'i'} | ''",
                "/identity/v3/projects | {'project': {'name': 'NAME'}} | project",
                "/compute/v2.1/flavors | {'flavor': {'name': 'NAME', 'ram': 64, 'vcpus': 1, 'disk': 1}} | flavor"
            })
    void whatIsMadeIsNamed(String path, String body, String kind) {
        Tenant operator = cloud.tenant("admin");
        Answer answer = cloud.post(
                operator.token(),
                path.replace("PROJECT", operator.projectId()),
                body.replace('\'', '"').replace("NAME", "n-" + UUID.randomUUID()));

        JsonNode made = kind.isEmpty() ? answer.json() : answer.json().path(kind);
        assertThat(lineOf(answer))
                .contains(" made=" + (kind.isEmpty() ? "" : kind + "/")
                        + made.path("id").asText() + " ");
    }

    @Test
    void whoComesWithAnApplicationCredentialIsKnownByThat() {
        Tenant tenant = cloud.tenant("member");
        JsonNode credential = cloud.post(
                        tenant.token(),
                        "/identity/v3/users/" + tenant.userId() + "/application_credentials",
                        "{\"application_credential\": {\"name\": \"robot\"}}")
                .expect(201)
                .json()
                .path("application_credential");
        String secret = credential.path("secret").asText();
        Answer login = cloud.post("", "/identity/v3/auth/tokens", """
                        {"auth": {"identity": {"methods": ["application_credential"],
                            "application_credential": {"id": "%s", "secret": "%s"}}}}
                        """.formatted(
                                credential.path("id").asText(), secret))
                .expect(201);

        Answer answer = cloud.call(
                login.header("X-Subject-Token"), "DELETE", "/compute/v2.1/servers/" + UUID.randomUUID(), null);

        assertThat(lineOf(answer))
                .contains(" credential=" + credential.path("id").asText() + " ", " user=" + tenant.userId() + " ");
        assertThat(lines.all()).noneMatch(line -> line.contains(secret));
    }

    @Test
    void aChangeIsWrittenDownWithoutASecret() {
        String secret = "a-secret-of-the-guest";
        Answer answer = cloud.call(
                cloud.admin(),
                "POST",
                "/compute/v2.1/servers/00000000-0000-0000-0000-000000000000/action?key=" + secret,
                "{\"os-start\": \"" + secret + "\"}");

        assertThat(lineOf(answer)).contains("action=os-start", "status=404").doesNotContain(secret);
    }

    @Test
    void aRefusedLoginIsWrittenDown() {
        Answer answer = cloud.call(
                "",
                "POST",
                "/identity/v3/auth/tokens",
                "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"admin\","
                        + " \"domain\": {\"id\": \"default\"}, \"password\": \"wrong\"}}}}}");

        assertThat(lineOf(answer)).contains("user=-").contains("status=401").doesNotContain("wrong");
    }

    @Test
    void readingIsNot() {
        Answer reading = cloud.get(cloud.admin(), "/compute/v2.1/servers").expect(200);
        lineOf(cloud.call(cloud.admin(), "DELETE", "/image/v2/images/unknown", null));

        assertThat(lines.all()).noneMatch(line -> line.contains(reading.header("x-openstack-request-id")));
    }

    private String lineOf(Answer answer) {
        String id = answer.header("x-openstack-request-id");
        return lines.await(line -> line.contains(id));
    }
}
