package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How much of volumes a project may have: of all, of one type, and when many ask at once.
@QuarkusTest
class VolumeQuotasIT {
    private static final int AT_ONCE = 12;

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private VolumeDoor door;
    private VolumeDoor operator;

    @BeforeEach
    void open() {
        doors.open();
        Tenant tenant = doors.http().tenant("member");
        door = new VolumeDoor(doors, cloud, tenant);
        operator = door.as(doors.http().member(tenant.projectId(), tenant.projectName(), "admin"));
    }

    @Test
    void aTypeHasLimitsOfItsOwn() {
        String type = type();
        limit("{\"volumes_" + type + "\": 2, \"gigabytes_" + type + "\": 4, \"snapshots_" + type + "\": 1}");

        String volume = door.volume(ofType(type, 2));
        door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");

        assertThat(refusal("/volumes", "{\"volume\": " + ofType(type, 1) + "}"))
                .startsWith("Quota exceeded for gigabytes_" + type + ":");
        limit("{\"gigabytes_" + type + "\": -1}");
        assertThat(refusal("/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}"))
                .startsWith("Quota exceeded for snapshots_" + type + ":");
        door.volume(ofType(type, 1));
        assertThat(refusal("/volumes", "{\"volume\": " + ofType(type, 1) + "}"))
                .startsWith("Quota exceeded for volumes_" + type + ":");
        door.volume("{\"size\": 1}");
    }

    @Test
    void whatIsUsedOfATypeIsShownAndALimitGoesBackToTheDefault() {
        String type = type();
        limit("{\"volumes_" + type + "\": 3}");
        door.volume(ofType(type, 2));

        var shown = door.show(quotas() + "?usage=true", "quota_set");
        assertThat(shown.at("/volumes_" + type + "/in_use").asInt()).isEqualTo(1);
        assertThat(shown.at("/volumes_" + type + "/limit").asInt()).isEqualTo(3);
        assertThat(shown.at("/gigabytes_" + type + "/in_use").asInt()).isEqualTo(2);
        operator.call("DELETE", quotas(), null).expect(200);
        assertThat(door.show(quotas(), "quota_set").path("volumes_" + type).asInt())
                .isEqualTo(-1);
        operator.call("PUT", "/os-quota-class-sets/default", "{\"quota_class_set\": {\"volumes_" + type + "\": 1}}")
                .expect(200);
        assertThat(refusal("/volumes", "{\"volume\": " + ofType(type, 1) + "}"))
                .startsWith("Quota exceeded for volumes_" + type + ":");
    }

    @Test
    void aVolumeOfAnotherTypeNeedsRoomThere() {
        String type = type();
        String volume = door.volume("{\"size\": 2}");
        door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        limit("{\"gigabytes_" + type + "\": 3}");
        String retype = "{\"os-retype\": {\"new_type\": \"" + type + "\", \"migration_policy\": \"never\"}}";

        door.act(volume, retype).expect(413);
        limit("{\"gigabytes_" + type + "\": 4}");
        door.act(volume, retype).expect(202);

        assertThat(door.show(quotas() + "?usage=true", "quota_set")
                        .at("/gigabytes_" + type + "/in_use")
                        .asInt())
                .isEqualTo(4);
    }

    @Test
    void whatAnOperatorDoesWithAVolumeCountsForTheProjectThatHasIt() {
        String type = type();
        String volume = door.volume("{\"size\": 1}");
        Tenant stranger = doors.http().tenant("admin");
        VolumeDoor far = door.as(stranger);
        far.call(
                        "PUT",
                        "/os-quota-sets/" + stranger.projectId(),
                        "{\"quota_set\": {\"volumes\": 0, \"gigabytes\": 0, \"snapshots\": 0, \"backups\": 0,"
                                + " \"gigabytes_" + type + "\": 0}}")
                .expect(200);
        String extend = "{\"os-extend\": {\"new_size\": 2}}";
        String retype = "{\"os-retype\": {\"new_type\": \"" + type + "\", \"migration_policy\": \"never\"}}";
        String snapshot = "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}";
        String backup = "{\"backup\": {\"volume_id\": \"" + volume + "\"}}";

        limit("{\"gigabytes\": 1, \"snapshots\": 0, \"backups\": 0, \"gigabytes_" + type + "\": 0}");
        far.act(volume, extend).expect(413);
        far.act(volume, retype).expect(413);
        far.call("POST", "/snapshots", snapshot).expect(413);
        far.call("POST", "/backups", backup).expect(413);

        limit("{\"gigabytes\": 9, \"snapshots\": 1, \"backups\": 1, \"gigabytes_" + type + "\": 9}");
        far.act(volume, extend).expect(202);
        door.await("/volumes/" + volume, "volume", "available");
        far.act(volume, retype).expect(202);
        far.call("POST", "/snapshots", snapshot).expect(202);
        cloud.awaitQuiet();
        far.call("POST", "/backups", backup).expect(202);
        cloud.awaitQuiet();
        assertThat(door.show("/snapshots", "snapshots")).hasSize(1);
        assertThat(door.show("/backups", "backups")).hasSize(1);
    }

    @Test
    void whatIsNotCountedHasNoLimit() {
        String refusal = operator.call("PUT", quotas(), "{\"quota_set\": {\"volumes\": 1, \"nonsense\": 2}}")
                .expect(400)
                .json()
                .at("/badRequest/message")
                .asText();

        assertThat(refusal).isEqualTo("Bad key(s) in quota set: nonsense");
        limit("{\"tenant_id\": \"" + door.tenant().projectId() + "\", \"volumes\": 7}");
        assertThat(door.show(quotas(), "quota_set").path("volumes").asInt()).isEqualTo(7);
    }

    @Test
    void aBackupThatIsGivenBackNeedsRoomForANewVolume() {
        String volume = door.volume("{\"size\": 2}");
        String backup = door.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\"}");
        String restore = "/backups/" + backup + "/restore";

        limit("{\"per_volume_gigabytes\": 1}");
        assertThat(refusal(restore, "{\"restore\": {}}")).contains("larger than maximum allowed limit 1G");
        limit("{\"per_volume_gigabytes\": 2, \"gigabytes\": 3}");
        assertThat(refusal(restore, "{\"restore\": {}}")).startsWith("Quota exceeded for gigabytes:");
        limit("{\"gigabytes\": 4}");
        door.call("POST", restore, "{\"restore\": {}}").expect(202);
        cloud.awaitQuiet();
    }

    @Test
    void aVolumeThatIsGivenAwayNeedsRoomForItsSnapshotsOfItsType() {
        String type = type();
        String volume = door.volume(ofType(type, 1));
        door.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        JsonNode offer = door.call("POST", "/volume-transfers", "{\"transfer\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(202)
                .json()
                .path("transfer");
        VolumeDoor taker = door.as(doors.http().tenant("member"));
        String accept = "/volume-transfers/" + offer.path("id").asText() + "/accept";
        String key = "{\"accept\": {\"auth_key\": \"" + offer.path("auth_key").asText() + "\"}}";
        String its = "/os-quota-sets/" + taker.tenant().projectId();

        operator.call("PUT", its, "{\"quota_set\": {\"snapshots_" + type + "\": 0}}")
                .expect(200);
        assertThat(taker.call("POST", accept, key).expect(413).text())
                .contains("Quota exceeded for snapshots_" + type + ":");
        operator.call("PUT", its, "{\"quota_set\": {\"snapshots_" + type + "\": 1}}")
                .expect(200);
        taker.call("POST", accept, key).expect(202);
        assertThat(taker.show("/snapshots", "snapshots")).hasSize(1);
    }

    @Test
    void manyAtOnceNeverGetMoreThanIsAllowed() throws Exception {
        String type = type();
        String volume = door.volume("{\"size\": 1}");
        limit("{\"volumes\": 6, \"snapshots\": 3, \"volumes_" + type + "\": 2}");

        List<Integer> typed = allAtOnce("/volumes", "{\"volume\": " + ofType(type, 1) + "}");
        List<Integer> volumes = allAtOnce("/volumes", "{\"volume\": {\"size\": 1}}");
        List<Integer> snapshots =
                allAtOnce("/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\", \"force\": true}}");

        assertThat(typed.stream().filter(status -> status == 202)).hasSize(2);
        assertThat(volumes.stream().filter(status -> status == 202)).hasSize(3);
        assertThat(snapshots.stream().filter(status -> status == 202)).hasSize(3);
        assertThat(List.of(typed, volumes, snapshots))
                .allSatisfy(all -> assertThat(all).containsOnly(202, 413));
        cloud.awaitQuiet();
    }

    private List<Integer> allAtOnce(String path, String body) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> asked = new ArrayList<>();
            for (int client = 0; client < AT_ONCE; client++) {
                asked.add(clients.submit(() -> door.call("POST", path, body).status()));
            }
            List<Integer> answered = new ArrayList<>();
            for (Future<Integer> each : asked) {
                answered.add(each.get());
            }
            return answered;
        }
    }

    private String type() {
        String name = "t" + UUID.randomUUID();
        operator.call("POST", "/types", "{\"volume_type\": {\"name\": \"" + name + "\"}}")
                .expect(200);
        return name;
    }

    private static String ofType(String type, int gib) {
        return "{\"size\": " + gib + ", \"volume_type\": \"" + type + "\"}";
    }

    private void limit(String limits) {
        operator.call("PUT", quotas(), "{\"quota_set\": " + limits + "}").expect(200);
    }

    private String quotas() {
        return "/os-quota-sets/" + door.tenant().projectId();
    }

    private String refusal(String path, String body) {
        return door.call("POST", path, body)
                .expect(413)
                .json()
                .at("/overLimit/message")
                .asText();
    }
}
