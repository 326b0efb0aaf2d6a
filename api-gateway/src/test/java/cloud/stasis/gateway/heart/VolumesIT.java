package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Volumes, their snapshots, types and quotas through the door, with workers that answer and that fail.
@QuarkusTest
class VolumesIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private Tenant tenant;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
    }

    @Test
    void aVolumeIsCopiedFromAnotherAndFromASnapshotOfIt() {
        String volume = volume("{\"size\": 1, \"name\": \"a\"}");
        String snapshot = snapshot(volume);
        String copy = volume("{\"source_volid\": \"" + volume + "\"}");
        String grown = volume("{\"snapshot_id\": \"" + snapshot + "\", \"size\": 2}");

        assertThat(show("/volumes/" + copy, "volume").path("source_volid").asText())
                .isEqualTo(volume);
        assertThat(show("/volumes/" + copy, "volume").path("size").asInt()).isEqualTo(1);
        assertThat(show("/volumes/" + grown, "volume").path("snapshot_id").asText())
                .isEqualTo(snapshot);
        call(
                        "POST",
                        "/volumes",
                        "{\"volume\": {\"snapshot_id\": \"" + snapshot + "\", \"source_volid\": \"" + volume + "\"}}")
                .expect(400);
        String large = volume("{\"size\": 3}");
        call("POST", "/volumes", "{\"volume\": {\"source_volid\": \"" + large + "\", \"size\": 2}}")
                .expect(400);
    }

    @Test
    void aVolumeWithSnapshotsGoesOnlyWithThem() {
        String volume = volume("{\"size\": 1}");
        String snapshot = snapshot(volume);

        call("DELETE", "/volumes/" + volume, null).expect(400);
        call("DELETE", "/volumes/" + volume + "?cascade=true", null).expect(202);
        gone("/volumes/" + volume);
        gone("/snapshots/" + snapshot);
    }

    @Test
    void aVolumeGoesBackToAnySnapshot() {
        String volume = volume("{\"size\": 1}");
        String first = snapshot(volume);
        snapshot(volume);

        act(volume, "{\"revert\": {\"snapshot_id\": \"" + first + "\"}}").expect(400);
        revert(volume, first).expect(202);
        available("/volumes/" + volume, "volume");
        available("/snapshots/" + first, "snapshot");
        assertThat(workers.carriedOut(volume)).anyMatch(VolumeCommand.RevertVolume.class::isInstance);
        act(volume, "{\"os-extend\": {\"new_size\": 2}}").expect(202);
        available("/volumes/" + volume, "volume");
        revert(volume, first).expect(202);
        available("/volumes/" + volume, "volume");
        assertThat(show("/volumes/" + volume, "volume").path("size").asInt()).isEqualTo(2);
        revert(volume, snapshot(volume("{\"size\": 1}"))).expect(400);
    }

    @Test
    void aRevertKeepsWhatTheVolumeHeldAndIsTakenBack() {
        String volume = volume("{\"size\": 1}");
        String first = snapshot(volume);

        for (int time = 0; time < 5; time++) {
            revert(volume, first).expect(202);
            available("/volumes/" + volume, "volume");
        }
        cloud.await(
                "three are kept beside the tenant's own",
                () -> snapshots(volume).size() == 4);
        String newest = snapshots(volume).getFirst();
        assertThat(show("/snapshots/" + newest, "snapshot").path("name").asText())
                .isEqualTo("before revert to s");
        undo(volume, "{\"safety\": false}").expect(202);
        available("/volumes/" + volume, "volume");

        assertThat(workers.carriedOut(volume).getLast())
                .isInstanceOfSatisfying(
                        VolumeCommand.RevertVolume.class,
                        command -> assertThat(command.snapshot().toString()).isEqualTo(newest));
        assertThat(call("GET", "/limits", null)
                        .json()
                        .at("/limits/absolute/totalSnapshotsUsed")
                        .asInt())
                .isEqualTo(1);
        call("DELETE", "/snapshots/" + first, null).expect(202);
        gone("/snapshots/" + first);
        call("DELETE", "/volumes/" + volume, null).expect(202);
        gone("/volumes/" + volume);
        gone("/snapshots/" + newest);
    }

    @Test
    void aRevertThatFailsOrDeclinesLeavesNoSafetySnapshot() {
        String volume = volume("{\"size\": 1}");
        String first = snapshot(volume);
        act(volume, "{\"revert\": {\"snapshot_id\": \"" + first + "\", \"safety\": false}}", "3.40")
                .expect(202);
        available("/volumes/" + volume, "volume");
        undo(volume, "{}").expect(409);
        workers.behave((id, command) -> command instanceof VolumeCommand.RevertVolume
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "full")))
                : Optional.empty());

        revert(volume, first).expect(202);
        available("/volumes/" + volume, "volume");

        assertThat(snapshots(volume)).containsExactly(first);
        assertThat(workers.carriedOut(volume)).anyMatch(VolumeCommand.DropVolumeSnapshot.class::isInstance);
        undo(volume, "{}").expect(409);
    }

    private List<String> snapshots(String volume) {
        return call("GET", "/snapshots?volume_id=" + volume, null)
                .expect(200)
                .json()
                .path("snapshots")
                .findValuesAsText("id");
    }

    private Answer undo(String volume, String body) {
        return doors.snapshot(tenant, "POST", "/volumes/" + volume + "/undo-revert", body);
    }

    @Test
    void whatABackendCannotExtendKeepsItsSize() {
        String volume = volume("{\"size\": 1}");
        workers.behave((id, command) -> command instanceof VolumeCommand.GrowVolume
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "full")))
                : Optional.empty());

        act(volume, "{\"os-extend\": {\"new_size\": 2}}").expect(202);
        available("/volumes/" + volume, "volume");

        assertThat(show("/volumes/" + volume, "volume").path("size").asInt()).isEqualTo(1);
        act(volume, "{\"os-extend\": {\"new_size\": 1}}").expect(400);
    }

    @Test
    void aSnapshotThatFailedCanBeDeleted() {
        String volume = volume("{\"size\": 1}");
        workers.behave((id, command) -> command instanceof VolumeCommand.SnapshotVolume
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.WRONG_STATE, "in use")))
                : Optional.empty());
        String snapshot = call("POST", "/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(202)
                .json()
                .at("/snapshot/id")
                .asText();
        cloud.await("it has failed", () -> show("/snapshots/" + snapshot, "snapshot")
                .path("status")
                .asText()
                .equals("error"));

        call("DELETE", "/snapshots/" + snapshot, null).expect(202);
        gone("/snapshots/" + snapshot);
    }

    @Test
    void listsAreSortedFilteredAndComePageByPage() {
        for (String name : new String[] {"b", "a", "c"}) {
            volume("{\"size\": 1, \"name\": \"" + name + "\", \"metadata\": {\"k%\": \"'" + name + "\\\"\"}}");
        }

        assertThat(names("?sort=name:asc")).containsExactly("a", "b", "c");
        assertThat(names("?sort_key=display_name&sort_dir=desc&limit=2")).containsExactly("c", "b");
        assertThat(names("")).containsExactly("c", "a", "b");
        assertThat(names("?limit=1&offset=1")).containsExactly("a");
        assertThat(names("?status=error")).isEmpty();
        assertThat(names("?bootable=true")).isEmpty();
        assertThat(names("?availability_zone=elsewhere")).isEmpty();
        assertThat(names("?metadata=%7B%22k%25%22%3A%22%27a%5C%22%22%7D")).containsExactly("a");
        JsonNode first = call("GET", "/volumes?sort=id:asc&limit=1", null).json();
        String next = first.at("/volumes_links/0/href").asText();
        JsonNode second = doors.http()
                .get(tenant.token(), next.substring(next.indexOf("/volume")))
                .json();
        assertThat(second.at("/volumes/0/id").asText())
                .isGreaterThan(first.at("/volumes/0/id").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?limit=-1",
                "?offset=x",
                "?sort=password:asc",
                "?sort=name:up",
                "?sort_key=nope",
                "?bootable=perhaps",
                "?metadata=%28"
            })
    void aListThatMakesNoSenseIsRefused(String query) {
        call("GET", "/volumes/detail" + query, null).expect(400);
        call("GET", "/snapshots/detail" + query, null).expect(400);
    }

    @Test
    void whatIsSomebodyElsesIsNotThere() {
        String volume = volume("{\"size\": 1}");
        String snapshot = snapshot(volume);
        tenant = doors.http().tenant("member");

        for (String path : new String[] {"/volumes/" + volume, "/snapshots/" + snapshot}) {
            call("GET", path, null).expect(404);
            call("DELETE", path, null).expect(404);
            call("GET", path + "/metadata", null).expect(404);
        }
        act(volume, "{\"os-extend\": {\"new_size\": 2}}").expect(404);
        act(volume, "{\"os-reserve\": {}}").expect(404);
        call("POST", "/volumes", "{\"volume\": {\"source_volid\": \"" + volume + "\"}}")
                .expect(404);
        call("POST", "/volumes", "{\"volume\": {\"snapshot_id\": \"" + snapshot + "\"}}")
                .expect(404);
        call("POST", "/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(404);
        assertThat(names("")).isEmpty();
    }

    @Test
    void onlyOperatorsMakeTypesAndSayWhatStateSomethingIsIn() {
        String volume = volume("{\"size\": 1}");
        act(volume, "{\"os-reset_status\": {\"status\": \"error\"}}").expect(403);
        act(volume, "{\"os-force_delete\": {}}").expect(403);
        call("POST", "/types", "{\"volume_type\": {\"name\": \"mine\"}}").expect(403);
        call("PUT", "/os-quota-sets/" + tenant.projectId(), "{\"quota_set\": {\"volumes\": 1}}")
                .expect(403);
        call("GET", "/scheduler-stats/get_pools", null).expect(403);
        tenant = doors.http().member(tenant.projectId(), tenant.projectName(), "reader");
        call("GET", "/volumes/" + volume, null).expect(200);
        call("DELETE", "/volumes/" + volume, null).expect(403);
        call("POST", "/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(403);
    }

    @Test
    void aTypeIsUsedByWhomItIsOpenTo() {
        Tenant member = tenant;
        Tenant operator = doors.http().member(tenant.projectId(), tenant.projectName(), "admin");
        String name = "type-" + UUID.randomUUID();
        tenant = operator;
        String type = call(
                        "POST",
                        "/types",
                        "{\"volume_type\": {\"name\": \"" + name + "\", \"os-volume-type-access:is_public\": false}}")
                .expect(200)
                .json()
                .at("/volume_type/id")
                .asText();
        call("POST", "/types", "{\"volume_type\": {\"name\": \"" + name + "\"}}")
                .expect(409);
        tenant = member;
        String body = "{\"volume\": {\"size\": 1, \"volume_type\": \"" + name + "\"}}";
        call("POST", "/volumes", body).expect(404);
        call("GET", "/types/" + type, null).expect(404);
        tenant = operator;
        call(
                        "POST",
                        "/types/" + type + "/action",
                        "{\"addProjectAccess\": {\"project\": \"" + member.projectId() + "\"}}")
                .expect(202);
        tenant = member;
        call("POST", "/volumes", body).expect(202);
        tenant = operator;
        call("DELETE", "/types/" + type, null).expect(400);
    }

    @Test
    void snapshotsTakeGigabytesOfTheQuota() {
        String volume = volume("{\"size\": 2}");
        doors.http()
                .call(
                        doors.http().admin(),
                        "PUT",
                        "/volume/v3/" + adminProject() + "/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": {\"gigabytes\": 5}}")
                .expect(200);
        snapshot(volume);

        Answer refused = call("POST", "/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}")
                .expect(413);

        assertThat(refused.json().at("/overLimit/message").asText()).startsWith("Quota exceeded for gigabytes");
        act(volume, "{\"os-extend\": {\"new_size\": 4}}").expect(413);
        assertThat(call("GET", "/limits", null)
                        .json()
                        .at("/limits/absolute/totalGigabytesUsed")
                        .asInt())
                .isEqualTo(4);
    }

    private String adminProject() {
        return doors.http()
                .get(doors.http().admin(), "/identity/v3/projects?name=admin")
                .json()
                .at("/projects/0/id")
                .asText();
    }

    private List<String> names(String query) {
        return call("GET", "/volumes" + query, null)
                .expect(200)
                .json()
                .path("volumes")
                .findValuesAsText("name");
    }

    private String volume(String body) {
        String id = call("POST", "/volumes", "{\"volume\": " + body + "}")
                .expect(202)
                .json()
                .at("/volume/id")
                .asText();
        available("/volumes/" + id, "volume");
        return id;
    }

    private String snapshot(String volume) {
        String id = call("POST", "/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\", \"name\": \"s\"}}")
                .expect(202)
                .json()
                .at("/snapshot/id")
                .asText();
        available("/snapshots/" + id, "snapshot");
        return id;
    }

    private void available(String path, String key) {
        cloud.await(
                path + " is available",
                () -> show(path, key).path("status").asText().equals("available"));
    }

    private void gone(String path) {
        cloud.await(path + " is gone", () -> call("GET", path, null).status() == 404);
    }

    private JsonNode show(String path, String key) {
        return call("GET", path, null).expect(200).json().path(key);
    }

    private Answer act(String volume, String action) {
        return call("POST", "/volumes/" + volume + "/action", action);
    }

    private Answer revert(String volume, String snapshot) {
        return act(volume, "{\"revert\": {\"snapshot_id\": \"" + snapshot + "\"}}", "3.40");
    }

    private Answer act(String volume, String action, String version) {
        return doors.http()
                .call(
                        tenant.token(),
                        "POST",
                        "/volume/v3/" + tenant.projectId() + "/volumes/" + volume + "/action",
                        action,
                        "OpenStack-API-Version",
                        "volume " + version);
    }

    private Answer call(String method, String path, String body) {
        return doors.http().call(tenant.token(), method, "/volume/v3/" + tenant.projectId() + path, body);
    }
}
