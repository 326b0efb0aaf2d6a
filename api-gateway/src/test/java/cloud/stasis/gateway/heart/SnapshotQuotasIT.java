package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How many snapshots, policies and images a project may have.
@QuarkusTest
class SnapshotQuotasIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    SnapshotDoors snapshots;

    private Tenant tenant;
    private Tenant operator;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        operator = doors.http().tenant("admin");
    }

    @Test
    void snapshotsAndPoliciesAreCountedAndLimited() {
        String server = doors.running(tenant, "counted");
        snapshots.taken(tenant, server, "one", false);
        limit("{\"snapshots\": 1, \"snapshot_policies\": 0}", 200);

        JsonNode shown = shown();
        assertThat(shown.at("/snapshots/limit").asInt()).isEqualTo(1);
        assertThat(shown.at("/snapshots/used").asInt()).isEqualTo(1);
        assertThat(shown.at("/snapshot_policies/used").asInt()).isZero();
        String another = "{\"server\": \"" + server + "\", \"name\": \"two\"}";
        assertThat(doors.snapshot(tenant, "POST", "/snapshots", another)
                        .expect(403)
                        .text())
                .contains("Quota exceeded for snapshots");
        String policy = "{\"name\": \"p\", \"server\": \"" + server + "\", \"interval\": \"PT1H\"}";
        doors.snapshot(tenant, "POST", "/policies", policy).expect(403);

        doors.snapshot(operator, "DELETE", "/quotas/" + tenant.projectId(), null)
                .expect(200);
        assertThat(shown().at("/snapshots/limit").asInt()).isEqualTo(500);
        doors.snapshot(tenant, "POST", "/policies", policy).expect(201);
        assertThat(shown().at("/snapshot_policies/used").asInt()).isEqualTo(1);
    }

    @Test
    void imagesAreLimitedHoweverTheyAreMade() {
        String server = doors.running(tenant, "pictured");
        int had = shown().at("/images/used").asInt();
        limit("{\"images\": " + (had + 1) + "}", 200);
        JsonNode before = usage();
        assertThat(before.at("/image_count_total/usage").asInt()).isEqualTo(had);
        assertThat(before.at("/image_count_total/limit").asInt()).isEqualTo(had + 1);

        String image = create().expect(201).json().path("id").asText();
        assertThat(create().expect(413).text()).contains("Quota exceeded for images");
        doors.act(tenant, server, "{\"createImage\": {\"name\": \"captured\"}}").expect(403);
        assertThat(usage().at("/image_count_total/usage").asInt()).isEqualTo(had + 1);

        doors.http()
                .call(tenant.token(), "DELETE", "/image/v2/images/" + image, null)
                .expect(204);
        doors.act(tenant, server, "{\"createImage\": {\"name\": \"captured\"}}").expect(202);
        create().expect(413);
        cloud.awaitQuiet();
    }

    @Test
    void sizesAreToldInMebibytes() {
        doors.snapshot(operator, "PUT", "/store/usage/" + tenant.projectId(), "{\"store_gigabytes\": 3}")
                .expect(200);
        assertThat(usage().at("/image_size_total/limit").asInt()).isEqualTo(3 * 1024);
        doors.snapshot(operator, "PUT", "/store/usage/" + tenant.projectId(), "{\"store_gigabytes\": -1}")
                .expect(200);
        assertThat(usage().at("/image_size_total/limit").asInt()).isEqualTo(-1);
    }

    @Test
    void limitsAreForOperatorsToSay() {
        doors.snapshot(tenant, "PUT", "/quotas/" + tenant.projectId(), "{\"images\": 5}")
                .expect(403);
        doors.snapshot(tenant, "GET", "/quotas/" + tenant.projectId(), null).expect(403);
        limit("{\"images\": -2}", 400);
        limit("{\"images\": \"many\"}", 400);
        limit("{\"cores\": 5}", 400);
    }

    private void limit(String limits, int status) {
        doors.snapshot(operator, "PUT", "/quotas/" + tenant.projectId(), limits).expect(status);
    }

    private JsonNode shown() {
        return doors.snapshot(tenant, "GET", "/quotas", null).expect(200).json().path("quotas");
    }

    private JsonNode usage() {
        return doors.http()
                .get(tenant.token(), "/image/v2/info/usage")
                .expect(200)
                .json()
                .path("usage");
    }

    private Answer create() {
        return doors.http().post(tenant.token(), "/image/v2/images", "{\"name\": \"made\"}");
    }
}
