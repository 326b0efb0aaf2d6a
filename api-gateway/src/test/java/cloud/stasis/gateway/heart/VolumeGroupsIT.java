package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.VolumeCommand;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Groups of volumes, volumes that change their owner, and volumes that others say to have.
@QuarkusTest
class VolumeGroupsIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private VolumeDoor door;
    private VolumeDoor operator;
    private String type;
    private String group;

    @BeforeEach
    void open() {
        doors.open();
        door = new VolumeDoor(doors, cloud, doors.http().tenant("member"));
        Tenant tenant = door.tenant();
        operator = door.as(doors.http().member(tenant.projectId(), tenant.projectName(), "admin"));
        type = operator.call("POST", "/types", "{\"volume_type\": {\"name\": \"t-" + UUID.randomUUID() + "\"}}")
                .expect(200)
                .json()
                .at("/volume_type/id")
                .asText();
        String kind = operator.call(
                        "POST", "/group_types", "{\"group_type\": {\"name\": \"g-" + UUID.randomUUID() + "\"}}")
                .expect(202)
                .json()
                .at("/group_type/id")
                .asText();
        group = door.made(
                "/groups",
                "group",
                "{\"name\": \"g\", \"group_type\": \"" + kind + "\", \"volume_types\": [\"" + type + "\"]}");
    }

    @Test
    void aSnapshotOfAGroupIsOneOfEachVolumeAndMakesAnotherGroup() {
        String first = member();
        String second = member();

        String snapshot = door.made("/group_snapshots", "group_snapshot", "{\"group_id\": \"" + group + "\"}");

        JsonNode snapshots = door.show("/snapshots/detail", "snapshots");
        assertThat(snapshots.findValuesAsText("volume_id")).containsExactlyInAnyOrder(first, second);
        assertThat(snapshots.findValuesAsText("group_snapshot_id")).containsOnly(snapshot);
        String copy = door.call(
                        "POST",
                        "/groups/action",
                        "{\"create-from-src\": {\"group_snapshot_id\": \"" + snapshot + "\", \"name\": \"copy\"}}")
                .expect(202)
                .json()
                .at("/group/id")
                .asText();
        cloud.awaitQuiet();
        assertThat(door.show("/groups/" + copy + "?list_volume=true", "group").path("volumes"))
                .hasSize(2);
        door.call("POST", "/groups/" + group + "/action", "{\"delete\": {\"delete-volumes\": true}}")
                .expect(400);
        door.call("DELETE", "/group_snapshots/" + snapshot, null).expect(202);
        door.awaitGone("/group_snapshots/" + snapshot);
        assertThat(door.show("/snapshots", "snapshots")).isEmpty();
        door.call("POST", "/groups/" + group + "/action", "{\"delete\": {\"delete-volumes\": false}}")
                .expect(400);
        door.call("POST", "/groups/" + group + "/action", "{\"delete\": {\"delete-volumes\": true}}")
                .expect(202);
        door.awaitGone("/volumes/" + first);
        door.call("GET", "/groups/" + group, null).expect(404);
    }

    @Test
    void volumesOfOneServerAreCutTogether() {
        String first = member();
        String second = member();
        String server = doors.running(door.tenant(), "web");
        for (String volume : new String[] {first, second}) {
            attach(server, volume);
        }

        door.made("/group_snapshots", "group_snapshot", "{\"group_id\": \"" + group + "\"}");

        assertThat(workers.carriedOut(server))
                .filteredOn(ComputeCommand.CutVolumes.class::isInstance)
                .singleElement()
                .satisfies(cut ->
                        assertThat(((ComputeCommand.CutVolumes) cut).volumes()).hasSize(2));
    }

    @Test
    void volumesOfSeveralServersAreCutAtOneInstant() {
        String first = doors.running(door.tenant(), "web");
        String second = doors.running(door.tenant(), "db");
        attach(first, member());
        attach(second, member());
        String resting = member();

        door.made("/group_snapshots", "group_snapshot", "{\"group_id\": \"" + group + "\"}");

        assertThat(Stream.of(first, second).flatMap(server -> workers.carriedOut(server).stream()))
                .filteredOn(ComputeCommand.CutTogether.class::isInstance)
                .singleElement()
                .satisfies(cut ->
                        assertThat(((ComputeCommand.CutTogether) cut).cuts()).hasSize(2));
        assertThat(workers.carriedOut(resting)).anyMatch(VolumeCommand.SnapshotVolume.class::isInstance);
    }

    private void attach(String server, String volume) {
        doors.compute(
                        door.tenant(),
                        "POST",
                        "/servers/" + server + "/os-volume_attachments",
                        "{\"volumeAttachment\": {\"volumeId\": \"" + volume + "\"}}")
                .expect(200);
        door.await("/volumes/" + volume, "volume", "in-use");
    }

    @Test
    void theQuotaOfWhoeverHasNoneOfHisOwnCanBeChanged() {
        JsonNode before = operator.show("/os-quota-class-sets/default", "quota_class_set");
        long groups = before.path("groups").asLong();

        operator.call(
                        "PUT",
                        "/os-quota-class-sets/default",
                        "{\"quota_class_set\": {\"groups\": " + (groups + 7) + "}}")
                .expect(200);

        assertThat(door.show("/os-quota-sets/" + door.tenant().projectId(), "quota_set")
                        .path("groups")
                        .asLong())
                .isEqualTo(groups + 7);
        operator.call("PUT", "/os-quota-class-sets/default", "{\"quota_class_set\": {\"groups\": " + groups + "}}")
                .expect(200);
        door.call("PUT", "/os-quota-class-sets/default", "{\"quota_class_set\": {\"groups\": 1}}")
                .expect(403);
    }

    @Test
    void membersComeAndGo() {
        String stranger = door.volume("{\"size\": 1}");
        String volume = member();

        update("remove_volumes", volume, 202);
        assertThat(door.show("/volumes/" + volume, "volume").path("group_id").isNull())
                .isTrue();
        update("remove_volumes", volume, 400);
        update("add_volumes", volume, 202);
        update("add_volumes", volume, 400);
        update("add_volumes", stranger, 400);
        door.call("DELETE", "/volumes/" + volume, null).expect(400);
        VolumeDoor other = door.as(doors.http().tenant("member"));
        other.call("GET", "/groups/" + group, null).expect(404);
        assertThat(other.show("/groups", "groups")).isEmpty();
    }

    private void update(String what, String volume, int status) {
        door.call("PUT", "/groups/" + group, "{\"group\": {\"" + what + "\": \"" + volume + "\"}}")
                .expect(status);
    }

    @Test
    void aVolumeGoesToWhoeverHasTheKey() {
        String volume = door.volume("{\"size\": 1}");
        VolumeDoor other = door.as(doors.http().tenant("member"));
        JsonNode offer = door.call("POST", "/volume-transfers", "{\"transfer\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(202)
                .json()
                .path("transfer");
        String path = "/volume-transfers/" + offer.path("id").asText();
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("awaiting-transfer");
        door.call("DELETE", "/volumes/" + volume, null).expect(400);

        other.call("GET", path, null).expect(404);
        other.call("POST", path + "/accept", "{\"accept\": {\"auth_key\": \"wrong\"}}")
                .expect(400);
        other.call(
                        "POST",
                        path + "/accept",
                        "{\"accept\": {\"auth_key\": \""
                                + offer.path("auth_key").asText() + "\"}}")
                .expect(202);

        assertThat(other.status("/volumes/" + volume, "volume")).isEqualTo("available");
        door.call("GET", "/volumes/" + volume, null).expect(404);
        assertThat(door.show("/volume-transfers", "transfers")).isEmpty();
    }

    @Test
    void aClaimedVolumeIsInUseUntilItIsLetGo() {
        String volume = door.volume("{\"size\": 1}");
        door.act(volume, "{\"os-attach\": {\"instance_uuid\": \"x\", \"mountpoint\": \"/dev/vdc\"}}")
                .expect(202);
        assertThat(door.show("/volumes/" + volume, "volume")
                        .at("/attachments/0/device")
                        .asText())
                .isEqualTo("/dev/vdc");
        door.act(volume, "{\"os-attach\": {\"instance_uuid\": \"y\"}}").expect(400);
        door.call("DELETE", "/volumes/" + volume, null).expect(400);
        door.act(volume, "{\"os-begin_detaching\": {}}").expect(202);
        door.act(volume, "{\"os-force_detach\": {}}").expect(403);
        door.act(volume, "{\"os-detach\": {}}").expect(202);
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("available");

        JsonNode claim = door.call("POST", "/attachments", "{\"attachment\": {\"volume_uuid\": \"" + volume + "\"}}")
                .expect(200)
                .json()
                .path("attachment");
        String path = "/attachments/" + claim.path("id").asText();
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("reserved");
        door.call("PUT", path, "{\"attachment\": {\"connector\": {\"host\": \"h\"}}}")
                .expect(200);
        door.call("POST", path + "/action", "{\"os-complete\": {}}").expect(204);
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("in-use");
        door.call("DELETE", path, null).expect(200);
        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("available");
    }

    @Test
    void aVolumeThatNobodyOffersSaysWhy() {
        operator.call("POST", "/types/" + type + "/extra_specs", "{\"extra_specs\": {\"vendor_name\": \"nobody\"}}")
                .expect(200);
        String volume = door.call("POST", "/volumes", "{\"volume\": {\"size\": 1, \"volume_type\": \"" + type + "\"}}")
                .expect(202)
                .json()
                .at("/volume/id")
                .asText();

        assertThat(door.status("/volumes/" + volume, "volume")).isEqualTo("error");
        JsonNode message = door.show("/messages", "messages").get(0);
        assertThat(message.path("resource_uuid").asText()).isEqualTo(volume);
        door.call("DELETE", "/messages/" + message.path("id").asText(), null).expect(204);
        door.call("DELETE", "/volumes/" + volume, null).expect(202);
        door.awaitGone("/volumes/" + volume);
    }

    private String member() {
        return door.volume("{\"size\": 1, \"volume_type\": \"" + type + "\", \"group_id\": \"" + group + "\"}");
    }
}
