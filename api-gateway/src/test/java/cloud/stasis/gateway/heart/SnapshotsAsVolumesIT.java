package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.messages.VolumeCommand;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Snapshots of servers as volumes, and snapshots of volumes as images.
@QuarkusTest
class SnapshotsAsVolumesIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    SnapshotDoors snapshots;

    @Inject
    FakeWorkers workers;

    private Tenant tenant;
    private VolumeDoor door;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        door = new VolumeDoor(doors, cloud, tenant);
    }

    @Test
    void aDiskOfASnapshotBecomesAVolumeOfTheSameContentFromWhichAServerBoots() {
        String snapshot = snapshot();

        JsonNode job = doors.snapshot(
                        tenant, "POST", "/volumes", "{\"snapshot\": \"" + snapshot + "\", \"name\": \"thawed\"}")
                .expect(202)
                .json()
                .path("job");
        String volume = job.path("volume").asText();
        door.await("/volumes/" + volume, "volume", "available");

        assertThat(doors.ended(tenant, job.path("id").asText()).path("status").asText())
                .isEqualTo("succeeded");
        JsonNode shown = door.show("/volumes/" + volume, "volume");
        assertThat(shown.path("name").asText()).isEqualTo("thawed");
        assertThat(shown.path("size").asInt()).isEqualTo(1);
        assertThat(shown.path("bootable").asText()).isEqualTo("true");
        assertThat(shown.at("/volume_image_metadata/os_distro").asText()).isEqualTo("debian");
        assertThat(workers.carriedOut(volume))
                .singleElement()
                .isInstanceOfSatisfying(VolumeCommand.FillVolume.class, fill -> assertThat(fill.content())
                        .isEqualTo(FakeWorkers.content(FakeWorkers.DISK)));
        doors.snapshot(tenant, "POST", "/volumes", "{\"snapshot\": \"" + snapshot + "\", \"disk\": \"vdz\"}")
                .expect(400);
        doors.snapshot(tenant, "POST", "/volumes", "{\"snapshot\": \"" + snapshot + "\", \"disk\": \"../vda\"}")
                .expect(400);
        Tenant other = doors.http().tenant("member");
        doors.snapshot(other, "POST", "/volumes", "{\"snapshot\": \"" + snapshot + "\"}")
                .expect(404);
    }

    @Test
    void aSnapshotOfAVolumeBecomesAnImage() {
        String volume = door.volume("{\"size\": 2}");
        String snapshot = door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");

        JsonNode job = doors.snapshot(
                        tenant,
                        "POST",
                        "/images",
                        "{\"volume_snapshot\": \"" + snapshot + "\", \"name\": \"kept\", \"disk_format\": \"raw\"}")
                .expect(202)
                .json()
                .path("job");

        assertThat(doors.ended(tenant, job.path("id").asText()).path("status").asText())
                .isEqualTo("succeeded");
        JsonNode image = doors.http()
                .get(tenant.token(), "/image/v2/images/" + job.path("image").asText())
                .expect(200)
                .json();
        assertThat(image.path("status").asText()).isEqualTo("active");
        assertThat(image.path("name").asText()).isEqualTo("kept");
        assertThat(image.path("disk_format").asText()).isEqualTo("raw");
        assertThat(image.path("min_disk").asInt()).isEqualTo(2);
        assertThat(door.status("/snapshots/" + snapshot, "snapshot")).isEqualTo("available");
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("available");
        doors.snapshot(tenant, "POST", "/images", "{\"name\": \"neither\"}").expect(400);
        Tenant other = doors.http().tenant("member");
        doors.snapshot(other, "POST", "/images", "{\"volume_snapshot\": \"" + snapshot + "\", \"name\": \"x\"}")
                .expect(404);
    }

    private String snapshot() {
        return snapshots.taken(tenant, doors.running(tenant, "frozen"), "point", false);
    }
}
