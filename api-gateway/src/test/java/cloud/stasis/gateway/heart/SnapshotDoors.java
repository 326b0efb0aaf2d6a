package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.enterprise.context.ApplicationScoped;

/// The snapshot API, in short words.
@ApplicationScoped
class SnapshotDoors {
    private final Doors doors;

    SnapshotDoors(Doors doors) {
        this.doors = doors;
    }

    String taken(Tenant tenant, String server, String name, boolean memory) {
        JsonNode begun = doors.snapshot(tenant, "POST", "/snapshots", """
                        {"server": "%s", "name": "%s", "memory": %s}
                        """.formatted(server, name, memory))
                .expect(202)
                .json();
        assertThat(doors.ended(tenant, begun.at("/job/id").asText())
                        .path("status")
                        .asText())
                .isEqualTo("succeeded");
        return begun.at("/snapshot/id").asText();
    }

    void reverted(Tenant tenant, String snapshot, String body) {
        String job = doors.snapshot(tenant, "POST", "/snapshots/" + snapshot + "/revert", body)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("succeeded");
    }

    void deleted(Tenant tenant, String snapshot) {
        String job = doors.snapshot(tenant, "DELETE", "/snapshots/" + snapshot, null)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("succeeded");
    }

    JsonNode shown(Tenant tenant, String snapshot) {
        return doors.snapshot(tenant, "GET", "/snapshots/" + snapshot, null)
                .expect(200)
                .json()
                .path("snapshot");
    }

    JsonNode tree(Tenant tenant, String server) {
        return doors.snapshot(tenant, "GET", "/servers/" + server + "/tree", null)
                .expect(200)
                .json()
                .path("tree");
    }

    void undone(Tenant tenant, String server) {
        String job = doors.snapshot(tenant, "POST", "/servers/" + server + "/undo-revert", "{}")
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("succeeded");
    }
}
