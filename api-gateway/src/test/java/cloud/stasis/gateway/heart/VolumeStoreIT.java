package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Volumes and the store: made of images, made into images, kept as backups and given back.
@QuarkusTest
class VolumeStoreIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private VolumeDoor door;

    @BeforeEach
    void open() {
        doors.open();
        door = new VolumeDoor(doors, cloud, doors.http().tenant("member"));
    }

    @Test
    void aVolumeOfAnImageIsBootableAndTellsOfIt() {
        String volume = volumeOfImage();

        JsonNode shown = door.show("/volumes/" + volume, "volume");
        assertThat(shown.path("bootable").asText()).isEqualTo("true");
        assertThat(shown.path("size").asInt()).isEqualTo(1);
        assertThat(shown.at("/volume_image_metadata/os_distro").asText()).isEqualTo("debian");
        assertThat(workers.carriedOut(volume)).hasOnlyElementsOfType(VolumeCommand.FillVolume.class);
        door.act(volume, "{\"os-set_image_metadata\": {\"metadata\": {\"a\": \"b\"}}}")
                .expect(200);
        assertThat(door.act(volume, "{\"os-show_image_metadata\": null}")
                        .expect(200)
                        .json()
                        .at("/metadata/a")
                        .asText())
                .isEqualTo("b");
        door.act(volume, "{\"os-unset_image_metadata\": {\"key\": \"a\"}}").expect(200);
        door.act(volume, "{\"os-unset_image_metadata\": {\"key\": \"a\"}}").expect(404);
    }

    @Test
    void anImageThatCannotBeADiskMakesNoVolume() {
        door.call("POST", "/volumes", "{\"volume\": {\"size\": 1, \"imageRef\": \"" + UUID.randomUUID() + "\"}}")
                .expect(400);
        door.call("POST", "/volumes", "{\"volume\": {\"size\": 1, \"imageRef\": \"nonsense\"}}")
                .expect(400);
        ImageId foreign = cloud.image(new ProjectId("somebody"), Map.of());
        door.call("POST", "/volumes", "{\"volume\": {\"size\": 1, \"imageRef\": \"" + foreign + "\"}}")
                .expect(400);
    }

    @Test
    void aVolumeBecomesAnImageOfTheFormThatIsAskedFor() {
        String volume = volumeOfImage();

        String image = uploaded(volume, "raw");
        door.await("/volumes/" + volume, "volume", "available");

        cloud.await(
                "the image is active",
                () -> image(image).path("status").asText().equals("active"));
        assertThat(image(image).path("disk_format").asText()).isEqualTo("raw");
        assertThat(image(image).path("os_distro").asText()).isEqualTo("debian");
        String other = uploaded(volume, "qcow2");
        cloud.await(
                "the image is active",
                () -> image(other).path("status").asText().equals("active"));
        assertThat(image(other).path("disk_format").asText()).isEqualTo("qcow2");
        door.act(volume, "{\"os-volume_upload_image\": {\"image_name\": \"i\", \"disk_format\": \"vmdk\"}}")
                .expect(400);
    }

    @Test
    void anImageOfAVolumeThatCannotBeReadLeavesNothing() {
        String volume = door.volume("{\"size\": 1}");
        workers.behave((id, command) -> command instanceof VolumeCommand.CaptureVolume
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "full")))
                : Optional.empty());

        String image = uploaded(volume, "qcow2");

        door.await("/volumes/" + volume, "volume", "available");
        doors.http().get(door.tenant().token(), "/image/v2/images/" + image).expect(404);
    }

    @Test
    void aBackupComesBackAsANewVolumeAndIntoOneThatIsThere() {
        String volume = door.volume("{\"size\": 1, \"name\": \"v\", \"metadata\": {\"k\": \"w\"}}");
        String backup = door.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\", \"name\": \"b\"}");
        door.await("/volumes/" + volume, "volume", "available");

        JsonNode restore = door.call("POST", "/backups/" + backup + "/restore", "{\"restore\": {}}")
                .expect(202)
                .json()
                .path("restore");
        String made = restore.path("volume_id").asText();
        door.await("/volumes/" + made, "volume", "available");
        door.await("/backups/" + backup, "backup", "available");
        assertThat(door.show("/volumes/" + made, "volume").at("/metadata/k").asText())
                .isEqualTo("w");
        door.call("POST", "/backups/" + backup + "/restore", "{\"restore\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(202);
        door.await("/volumes/" + volume, "volume", "available");
        assertThat(workers.carriedOut(volume)).anyMatch(VolumeCommand.FillVolume.class::isInstance);
        door.await("/backups/" + backup, "backup", "available");
        door.call("DELETE", "/backups/" + backup, null).expect(202);
        door.awaitGone("/backups/" + backup);
    }

    @Test
    void nothingIsMadeSmallerThanWhatItIsMadeOf() {
        String volume = door.volume("{\"size\": 3}");
        String snapshot = door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        String backup = door.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\"}");
        door.await("/volumes/" + volume, "volume", "available");
        String small = door.volume("{\"size\": 2}");
        int before = door.show("/volumes", "volumes").size();

        for (String source : List.of(
                "\"source_volid\": \"" + volume + "\"",
                "\"snapshot_id\": \"" + snapshot + "\"",
                "\"backup_id\": \"" + backup + "\"")) {
            door.call("POST", "/volumes", "{\"volume\": {\"size\": 2, " + source + "}}")
                    .expect(400);
        }
        door.call("POST", "/backups/" + backup + "/restore", "{\"restore\": {\"volume_id\": \"" + small + "\"}}")
                .expect(400);
        door.act(volume, "{\"os-extend\": {\"new_size\": 2}}").expect(400);

        assertThat(door.show("/volumes", "volumes")).hasSize(before);
        assertThat(door.status("/volumes/" + small, "volume")).isEqualTo("available");
    }

    @Test
    void aBackupThatFailedSaysWhyAndCanBeDeleted() {
        String volume = door.volume("{\"size\": 1}");
        door.call("POST", "/backups", "{\"backup\": {\"volume_id\": \"" + volume + "\", \"incremental\": true}}")
                .expect(400);
        workers.behave((id, command) -> command instanceof VolumeCommand.CaptureVolume
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the store is full")))
                : Optional.empty());
        String backup = door.call("POST", "/backups", "{\"backup\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(202)
                .json()
                .at("/backup/id")
                .asText();

        door.await("/backups/" + backup, "backup", "error");
        assertThat(door.show("/backups/" + backup, "backup").path("fail_reason").asText())
                .isEqualTo("the store is full");
        door.await("/volumes/" + volume, "volume", "available");
        door.call("POST", "/backups/" + backup + "/restore", "{\"restore\": {}}")
                .expect(400);
        door.call("DELETE", "/backups/" + backup, null).expect(202);
        door.awaitGone("/backups/" + backup);
    }

    @Test
    void aSnapshotIsBackedUpWhateverItsVolumeDoes() {
        String volume = door.volume("{\"size\": 1}");
        String snapshot = door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");

        String backup = door.made(
                "/backups", "backup", "{\"volume_id\": \"" + volume + "\", \"snapshot_id\": \"" + snapshot + "\"}");

        assertThat(door.show("/backups/" + backup, "backup").path("snapshot_id").asText())
                .isEqualTo(snapshot);
    }

    @Test
    void anExportedRecordIsTakenOverOnceAndOnlyByOperators() {
        String volume = door.volume("{\"size\": 1}");
        String backup = door.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\", \"name\": \"b\"}");
        door.call("GET", "/backups/" + backup + "/export_record", null).expect(403);
        door = door.as(
                doors.http().member(door.tenant().projectId(), door.tenant().projectName(), "admin"));
        String url = door.call("GET", "/backups/" + backup + "/export_record", null)
                .expect(200)
                .json()
                .at("/backup-record/backup_url")
                .asText();
        take(url).expect(409);
        String other = UUID.randomUUID().toString();
        String text = new String(Base64.getDecoder().decode(url), StandardCharsets.UTF_8);
        String renamed = text.replaceAll("\"id\":\"" + backup, "\"id\":\"" + other);

        take(Base64.getEncoder().encodeToString(renamed.getBytes(StandardCharsets.UTF_8)))
                .expect(201);

        door.await("/backups/" + other, "backup", "available");
        take("bm9uc2Vuc2U=").expect(400);
        take("{}").expect(400);
    }

    @Test
    void somebodyElsesBackupIsNotThere() {
        String volume = door.volume("{\"size\": 1}");
        String backup = door.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\"}");
        VolumeDoor other = door.as(doors.http().tenant("member"));

        other.call("GET", "/backups/" + backup, null).expect(404);
        other.call("DELETE", "/backups/" + backup, null).expect(404);
        other.call("POST", "/backups/" + backup + "/restore", "{\"restore\": {}}")
                .expect(404);
        other.call("POST", "/backups", "{\"backup\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(404);
        assertThat(other.call("GET", "/backups", null).json().path("backups")).isEmpty();
        assertThat(door.call("GET", "/backups/detail?limit=1&sort=name:asc", null)
                        .json()
                        .path("backups"))
                .hasSize(1);
    }

    private Answer take(String url) {
        return door.call(
                "POST",
                "/backups/import_record",
                "{\"backup-record\": {\"backup_service\": \"s\", \"backup_url\": \"" + url + "\"}}");
    }

    private String volumeOfImage() {
        ImageId image = cloud.image(new ProjectId(door.tenant().projectId()), Map.of("os_distro", "debian"));
        return door.volume("{\"size\": 1, \"imageRef\": \"" + image + "\"}");
    }

    private String uploaded(String volume, String format) {
        return door.act(
                        volume,
                        "{\"os-volume_upload_image\": {\"image_name\": \"i\", \"disk_format\": \"" + format + "\"}}")
                .expect(202)
                .json()
                .at("/os-volume_upload_image/image_id")
                .asText();
    }

    private JsonNode image(String id) {
        return doors.http()
                .get(door.tenant().token(), "/image/v2/images/" + id)
                .expect(200)
                .json();
    }
}
