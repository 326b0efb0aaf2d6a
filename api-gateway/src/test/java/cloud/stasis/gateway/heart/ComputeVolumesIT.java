package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Volumes and their snapshots as the compute API of the first versions has them.
@QuarkusTest
class ComputeVolumesIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    private VolumeDoor volumes;
    private Tenant tenant;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        volumes = new VolumeDoor(doors, cloud, tenant);
    }

    @Test
    void volumesAndSnapshotsAreThoseOfTheBlockStorageApi() {
        JsonNode made = compute(
                        "POST",
                        "/os-volumes",
                        "{\"volume\": {\"size\": \"1\", \"display_name\": \"old\"," + " \"metadata\": {\"k\": \"v\"}}}")
                .expect(200)
                .json()
                .path("volume");
        String id = made.path("id").asText();
        volumes.await("/volumes/" + id, "volume", "available");
        JsonNode snapshot = compute(
                        "POST",
                        "/os-snapshots",
                        "{\"snapshot\": {\"volume_id\": \"" + id + "\", \"display_name\": \"s\"}}")
                .expect(200)
                .json()
                .path("snapshot");
        String snapshotId = snapshot.path("id").asText();
        volumes.await("/snapshots/" + snapshotId, "snapshot", "available");

        assertThat(made.path("displayName").asText()).isEqualTo("old");
        assertThat(compute("GET", "/os-volumes", null)
                        .expect(200)
                        .json()
                        .at("/volumes/0/id")
                        .asText())
                .isEqualTo(id);
        assertThat(compute("GET", "/os-volumes/detail?limit=1", null)
                        .expect(200)
                        .json())
                .hasSize(1);
        assertThat(compute("GET", "/os-snapshots/detail", null)
                        .expect(200)
                        .json()
                        .at("/snapshots/0/volumeId")
                        .asText())
                .isEqualTo(id);
        compute("DELETE", "/os-volumes/" + id, null).expect(400);
        compute("DELETE", "/os-snapshots/" + snapshotId, null).expect(202);
        volumes.awaitGone("/snapshots/" + snapshotId);
        compute("DELETE", "/os-volumes/" + id, null).expect(202);
        volumes.awaitGone("/volumes/" + id);
    }

    @Test
    void theyEndWithVersion2Dot35() {
        for (String path : List.of("/os-volumes", "/os-volumes/detail", "/os-snapshots", "/os-volumes/x")) {
            doors.http()
                    .call(tenant.token(), "GET", "/compute/v2.1" + path, null, "OpenStack-API-Version", "compute 2.36")
                    .expect(404);
        }
    }

    @Test
    void badRequestsAreRefused() {
        for (String volume : List.of("{}", "{\"size\": \"\"}", "{\"size\": \"0\"}", "{\"size\": \"#$%\"}")) {
            compute("POST", "/os-volumes", "{\"volume\": " + volume + "}").expect(400);
        }
        compute("GET", "/os-volumes/", null).expect(404);
        compute("DELETE", "/os-volumes/", null).expect(404);
        compute("GET", "/os-volumes/nope", null).expect(404);
        String id = volumes.volume("{\"size\": 1}");
        Tenant other = doors.http().tenant("member");
        doors.http().get(other.token(), "/compute/v2.1/os-volumes/" + id).expect(404);
        doors.http()
                .call(other.token(), "DELETE", "/compute/v2.1/os-volumes/" + id, null)
                .expect(404);
    }

    private Answer compute(String method, String path, String body) {
        return doors.http().call(tenant.token(), method, "/compute/v2.1" + path, body);
    }
}
