package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Volumes that servers are given and give back, through the doors of both.
@QuarkusTest
class AttachmentsIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private VolumeDoor door;
    private String server;
    private String volume;

    @BeforeEach
    void open() {
        doors.open();
        door = new VolumeDoor(doors, cloud, doors.http().tenant("member"));
        server = doors.running(door.tenant(), "web");
        volume = door.volume("{\"size\": 1}");
    }

    @Test
    void aVolumeComesAndGoes() {
        JsonNode made = attach(volume, "").expect(200).json().path("volumeAttachment");
        assertThat(made.path("device").asText()).isEqualTo("/dev/vdb");
        door.await("/volumes/" + volume, "volume", "in-use");
        JsonNode shown = door.show("/volumes/" + volume, "volume").at("/attachments/0");
        assertThat(shown.path("server_id").asText()).isEqualTo(server);
        assertThat(attachments().path("volumeAttachments")).hasSize(1);
        assertThat(workers.carriedOut(server)).anyMatch(ComputeCommand.AttachVolume.class::isInstance);

        compute("DELETE", "/" + volume, null).expect(202);
        door.await("/volumes/" + volume, "volume", "available");
        assertThat(attachments().path("volumeAttachments")).isEmpty();
        compute("DELETE", "/" + volume, null).expect(404);
    }

    @Test
    void aVolumeGrowsAndGoesBackWhileItsServerRuns() {
        String snapshot = door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        attach(volume, "").expect(200);
        door.await("/volumes/" + volume, "volume", "in-use");

        door.act(volume, "{\"os-extend\": {\"new_size\": 2}}").expect(202);
        door.await("/volumes/" + volume, "volume", "in-use");
        door.act(volume, "{\"revert\": {\"snapshot_id\": \"" + snapshot + "\"}}")
                .expect(202);
        door.await("/volumes/" + volume, "volume", "in-use");

        assertThat(door.show("/volumes/" + volume, "volume").path("size").asInt())
                .isEqualTo(2);
        String actions = "/servers/" + server + "/os-instance-actions";
        JsonNode extended =
                doors.compute(door.tenant(), "GET", actions, null).json().at("/instanceActions/1");
        assertThat(extended.path("action").asText()).isEqualTo("extend_volume");
        String request = extended.path("request_id").asText();
        JsonNode event = doors.compute(door.tenant(), "2.51", "GET", actions + "/" + request, null)
                .json()
                .at("/instanceAction/events/0");
        assertThat(event.path("event").asText()).isEqualTo("compute_extend_volume");
        assertThat(event.path("result").asText()).isEqualTo("Success");
        assertThat(workers.carriedOut(server))
                .anyMatch(ComputeCommand.GrowAttached.class::isInstance)
                .anyMatch(ComputeCommand.RevertAttached.class::isInstance);
        doors.http()
                .call(
                        door.tenant().token(),
                        "POST",
                        "/volume/v3/" + door.tenant().projectId() + "/volumes/" + volume + "/action",
                        "{\"os-extend\": {\"new_size\": 3}}")
                .expect(400);
    }

    @Test
    void aVolumeIsAttachedOnceAndNotDeletedThen() {
        attach(volume, ", \"device\": \"/dev/vdf\"").expect(200);
        door.await("/volumes/" + volume, "volume", "in-use");
        String other = doors.running(door.tenant(), "db");

        attach(volume, "").expect(400);
        doors.compute(door.tenant(), "POST", "/servers/" + other + "/os-volume_attachments", body(volume, ""))
                .expect(400);
        door.call("DELETE", "/volumes/" + volume, null).expect(400);
        String second = door.volume("{\"size\": 1}");
        attach(second, ", \"device\": \"/dev/vdf\"").expect(409);
        attach(second, ", \"device\": \"nonsense\"").expect(400);
        attach(second, "").expect(200);
        door.await("/volumes/" + second, "volume", "in-use");
        assertThat(attachments().findValuesAsText("device")).containsExactly("/dev/vdb", "/dev/vdf");
    }

    @Test
    void aGuestThatKeepsAVolumeKeepsIt() {
        attach(volume, "").expect(200);
        door.await("/volumes/" + volume, "volume", "in-use");
        workers.behave((id, command) -> command instanceof ComputeCommand.DetachVolume
                ? Optional.of(new FakeWorkers.Behaviour.Fails(
                        new ErrorReport(ErrorCode.GUEST_REFUSED, "the guest did not let vdb go")))
                : Optional.empty());

        compute("DELETE", "/" + volume, null).expect(202);
        cloud.awaitQuiet();

        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("in-use");
        assertThat(attachments().path("volumeAttachments")).hasSize(1);
    }

    @Test
    void aVolumeThatCannotBeAttachedIsAvailableAgain() {
        workers.behave((id, command) -> command instanceof ComputeCommand.AttachVolume
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.WRONG_STATE, "no")))
                : Optional.empty());

        attach(volume, "").expect(200);
        cloud.awaitQuiet();

        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("available");
        assertThat(attachments().path("volumeAttachments")).isEmpty();
    }

    @Test
    void aDeletedServerGivesItsVolumesBackOrTakesThemAlong() {
        String doomed = door.volume("{\"size\": 1}");
        attach(volume, "").expect(200);
        doors.compute(
                        door.tenant(),
                        "2.79",
                        "POST",
                        "/servers/" + server + "/os-volume_attachments",
                        body(doomed, ", \"delete_on_termination\": true"))
                .expect(200);
        door.await("/volumes/" + volume, "volume", "in-use");
        door.await("/volumes/" + doomed, "volume", "in-use");

        doors.compute(door.tenant(), "DELETE", "/servers/" + server, null).expect(204);

        door.awaitGone("/volumes/" + doomed);
        door.await("/volumes/" + volume, "volume", "available");
    }

    @Test
    void somebodyElsesVolumeAndServerAreNotThere() {
        VolumeDoor other = door.as(doors.http().tenant("member"));
        String foreign = other.volume("{\"size\": 1}");

        attach(foreign, "").expect(404);
        doors.compute(other.tenant(), "POST", "/servers/" + server + "/os-volume_attachments", body(foreign, ""))
                .expect(404);
        compute("GET", "/" + foreign, null).expect(404);
    }

    private JsonNode attachments() {
        return compute("GET", "", null).expect(200).json();
    }

    private Answer attach(String id, String more) {
        return compute("POST", "", body(id, more));
    }

    private static String body(String id, String more) {
        return "{\"volumeAttachment\": {\"volumeId\": \"" + id + "\"" + more + "}}";
    }

    private Answer compute(String method, String path, String body) {
        return doors.compute(door.tenant(), method, "/servers/" + server + "/os-volume_attachments" + path, body);
    }
}
