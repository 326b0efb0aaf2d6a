package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SourceName;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Files of operators as volumes and snapshots, and back.
@QuarkusTest
class AdoptionsIT {
    private static final String HOST = FakeWorkers.BACKEND + "@stasis#stasis";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    private VolumeDoor tenant;
    private VolumeDoor operator;

    @BeforeEach
    void open() {
        doors.open();
        Tenant somebody = doors.http().tenant("member");
        tenant = new VolumeDoor(doors, cloud, somebody);
        operator = tenant.as(doors.http().member(somebody.projectId(), somebody.projectName(), "admin"));
    }

    @AfterEach
    void behaveAgain() {
        workers.behave(FakeWorkers.Manners.GOOD);
    }

    @Test
    void filesBesideTheVolumesAreListed() {
        JsonNode files = operator.show("/manageable_volumes/detail?host=" + FakeWorkers.BACKEND, "manageable-volumes");

        assertThat(files).hasSize(2);
        assertThat(files.get(0).at("/reference/source-name").asText()).isEqualTo("a.qcow2");
        assertThat(files.get(0).path("size").asInt()).isEqualTo(3);
        assertThat(files.get(0).path("safe_to_manage").asBoolean()).isTrue();
        assertThat(files.get(1).path("safe_to_manage").asBoolean()).isFalse();
        assertThat(files.get(1).path("reason_not_safe").asText()).contains("backing file");
        String sorted = "/os-snapshot-manage?sort=size:desc&limit=1&host=" + FakeWorkers.BACKEND;
        assertThat(operator.show(sorted, "manageable-snapshots")).hasSize(1);
        operator.call("GET", "/manageable_volumes?host=nowhere", null).expect(404);
        operator.call("GET", "/manageable_volumes", null).expect(400);
        tenant.call("GET", "/manageable_volumes?host=" + FakeWorkers.BACKEND, null)
                .expect(403);
    }

    @Test
    void aFileBecomesAVolumeAndAFileAgain() {
        String id = adopt("/os-volume-manage", "a.qcow2");
        operator.await("/volumes/" + id, "volume", "available");

        JsonNode volume = operator.show("/volumes/" + id, "volume");
        assertThat(volume.path("size").asInt()).isEqualTo(3);
        assertThat(volume.path("name").asText()).isEqualTo("old");
        assertThat(volume.path("bootable").asText()).isEqualTo("true");

        tenant.act(id, "{\"os-unmanage\": {}}").expect(403);
        operator.act(id, "{\"os-unmanage\": {}}").expect(202);
        operator.awaitGone("/volumes/" + id);
        assertThat(workers.carriedOut(id)).hasAtLeastOneElementOfType(VolumeCommand.ReleaseVolume.class);
    }

    @Test
    void aSnapshotIsHandedOutAndTakenInAgain() {
        String volume = tenant.volume("{\"size\": 3}");
        String snapshot = tenant.made("/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\"}");
        operator.act(volume, "{\"os-unmanage\": {}}").expect(400);
        operator.call("POST", "/snapshots/" + snapshot + "/action", "{\"os-unmanage\": {}}")
                .expect(202);
        operator.awaitGone("/snapshots/" + snapshot);

        String asked = "{\"snapshot\": {\"volume_id\": \"%s\", \"ref\": {\"source-name\": \"a.qcow2\"}}}";
        String again = operator.call("POST", "/manageable_snapshots", asked.formatted(volume))
                .expect(202)
                .json()
                .at("/snapshot/id")
                .asText();
        operator.await("/snapshots/" + again, "snapshot", "available");
    }

    @Test
    void whatCannotBeAVolumeStaysAFile() {
        workers.behave((id, command) -> command instanceof VolumeCommand.AdoptVolume adopt
                        && adopt.source().equals(new SourceName("b.qcow2"))
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.HOSTILE_IMAGE, "it names a backing file")))
                : Optional.empty());
        String id = adopt("/manageable_volumes", "b.qcow2");

        operator.await("/volumes/" + id, "volume", "error_managing");
        operator.call("DELETE", "/volumes/" + id, null).expect(202);
        operator.awaitGone("/volumes/" + id);
    }

    @Test
    void aVolumeThatTheQuotaForbidsIsHandedOutAgain() {
        String quota = "/os-quota-sets/" + tenant.tenant().projectId();
        operator.call("PUT", quota, "{\"quota_set\": {\"gigabytes\": 2}}").expect(200);
        String id = adopt("/manageable_volumes", "a.qcow2");

        operator.await("/volumes/" + id, "volume", "error_managing");
        cloud.await("the file is back", () -> workers.carriedOut(id).stream()
                .anyMatch(VolumeCommand.ReleaseVolume.class::isInstance));
    }

    @Test
    void badReferencesAreRefused() {
        for (String reference : new String[] {
            "{}", "{\"source-id\": \"1\"}", "{\"source-name\": \"../a.qcow2\"}", "{\"source-name\": \".a\"}", "[]"
        }) {
            operator.call("POST", "/os-volume-manage", body(reference, HOST)).expect(400);
        }
        operator.call("POST", "/os-volume-manage", body("{\"source-name\": \"a\"}", "elsewhere"))
                .expect(404);
    }

    private String adopt(String path, String file) {
        return operator.call("POST", path, body("{\"source-name\": \"" + file + "\"}", HOST))
                .expect(202)
                .json()
                .at("/volume/id")
                .asText();
    }

    private static String body(String reference, String host) {
        return "{\"volume\": {\"host\": \"%s\", \"ref\": %s, \"name\": \"old\", \"bootable\": true}}"
                .formatted(host, reference);
    }
}
