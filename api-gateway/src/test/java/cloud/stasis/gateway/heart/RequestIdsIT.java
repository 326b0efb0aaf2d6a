package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.LogLines;
import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One id leads from what a tenant is answered to what was done for it, wherever that was.
@QuarkusTest
class RequestIdsIT {
    private static final String HEADER = "X-OpenStack-Request-ID";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private LogLines log;
    private Tenant tenant;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        log = LogLines.of("");
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void oneIdLeadsFromTheAnswerThroughTheLogAndTheJobToTheWorker() {
        String server = doors.running(tenant, "web");
        String global = "req-" + UUID.randomUUID();

        Answer answer = doors.snapshot(
                        tenant,
                        "POST",
                        "/snapshots",
                        "{\"server\": \"" + server + "\", \"name\": \"s\"}",
                        HEADER,
                        global)
                .expect(202);

        String id = answer.header(HEADER);
        assertThat(id).startsWith("req-").isNotEqualTo(global);
        JsonNode job = doors.ended(tenant, answer.json().at("/job/id").asText());
        assertThat(job.path("request_id").asText()).isEqualTo(id);
        assertThat(workers.requestsFor(server)).contains(id);
        String first = log.await(line -> line.contains("Sending a command") && line.contains(id));
        assertThat(first)
                .contains(
                        "global_request_id=" + global,
                        "requestId=" + id,
                        job.path("id").asText());
        // What follows is done when a worker has told something, and not when the tenant asked.
        assertThat(log.all())
                .filteredOn(line -> line.contains("Sending a command requestId=" + id) && !line.equals(first))
                .isNotEmpty()
                .allMatch(line -> line.contains("{requestId=" + id + "}"));
    }

    @Test
    void whatIsNoRequestIdIsNotLogged() {
        for (String claimed : new String[] {
            "req-1", UUID.randomUUID().toString(), "req-" + UUID.randomUUID() + " forged=1", "REQ-" + UUID.randomUUID()
        }) {
            Answer answer = doors.http()
                    .call(tenant.token(), "DELETE", "/compute/v2.1/servers/x", null, HEADER, claimed)
                    .expect(404);

            String id = answer.header(HEADER);
            assertThat(log.await(line -> line.contains(id))).doesNotContain(claimed);
        }
    }

    @Test
    void theIdThatATenantIsToldToPassOnIsInTheLog() throws Exception {
        VolumeDoor door = new VolumeDoor(doors, cloud, tenant);
        String volume = door.volume("{\"size\": 1}");
        String snapshot = door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        cloud.change("update volume_snapshot set occasion = 'NONSENSE' where id = ?1", snapshot);

        HttpResponse<String> answer;
        try (HttpClient client = HttpClient.newHttpClient()) {
            answer = client.send(
                    HttpRequest.newBuilder(TestCloud.uri("/volume/v3/" + tenant.projectId() + "/snapshots/" + snapshot))
                            .header("X-Auth-Token", tenant.token())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } finally {
            cloud.change("update volume_snapshot set occasion = 'ON_REQUEST' where id = ?1", snapshot);
        }

        String id = answer.headers().firstValue(HEADER).orElseThrow();
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains(id);
        assertThat(log.await(line -> line.contains("Request failed") && line.contains(id)))
                .contains("{requestId=" + id + "}", "status=500");
    }
}
