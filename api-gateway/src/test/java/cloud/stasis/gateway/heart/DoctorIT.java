package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Expected;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an operator hears of differences between the tables and the hosts.
@QuarkusTest
class DoctorIT {
    private static final String HOST = "/hosts/" + FakeWorkers.HOST;

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    SnapshotDoors snapshots;

    private Tenant tenant;
    private Tenant operator;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        operator = doors.http().member(tenant.projectId(), tenant.projectName(), "admin");
    }

    @Test
    void aHostIsToldWhatIsExpectedOfItAndSaysHowItDiffers() {
        String server = doors.running(tenant, "examined");
        String snapshot = snapshots.taken(tenant, server, "kept", true);

        JsonNode job = doors.snapshot(operator, "POST", HOST + "/examine", "{\"repair\": true}")
                .expect(202)
                .json()
                .path("job");

        assertThat(doors.ended(operator, job.path("id").asText()).path("status").asText())
                .isEqualTo("succeeded");
        ComputeCommand.Examine order = workers.carriedOut().stream()
                .filter(ComputeCommand.Examine.class::isInstance)
                .map(ComputeCommand.Examine.class::cast)
                .reduce((one, other) -> other)
                .orElseThrow();
        assertThat(order.mending()).isEqualTo(ComputeCommand.Mending.SAFE);
        assertThat(order.expected())
                .contains(new Expected(
                        InstanceId.parse(server),
                        Optional.of(PowerState.RUNNING),
                        List.of(SnapshotId.parse(snapshot))));
        JsonNode examination = doors.snapshot(operator, "GET", HOST + "/examination", null)
                .expect(200)
                .json()
                .path("examination");
        assertThat(examination.path("status").asText()).isEqualTo("done");
        assertThat(examination.path("findings").findValuesAsText("subject")).contains("instance " + server);
    }

    @Test
    void aHostThatCannotBeExaminedSaysWhy() {
        workers.behave((id, command) -> command instanceof ComputeCommand.Examine
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.HYPERVISOR_FAILED, "libvirt is broken")))
                : Optional.empty());

        JsonNode job = doors.snapshot(operator, "POST", HOST + "/examine", "{}")
                .expect(202)
                .json()
                .path("job");

        assertThat(doors.ended(operator, job.path("id").asText()).path("status").asText())
                .isEqualTo("failed");
        JsonNode examination = doors.snapshot(operator, "GET", HOST + "/examination", null)
                .expect(200)
                .json()
                .path("examination");
        assertThat(examination.path("status").asText()).isEqualTo("failed");
        assertThat(examination.path("error").asText()).contains("libvirt is broken");
    }

    @Test
    void whatTheTablesNameAndLackIsFoundAndMended() {
        String server = doors.running(tenant, "torn");
        String first = snapshots.taken(tenant, server, "first", false);
        String second = snapshots.taken(tenant, server, "second", false);
        cloud.change("delete from snapshot where id = ?1", first);
        cloud.change(
                "update instance set snapshot_id = ?1 where id = ?2",
                UUID.randomUUID().toString(),
                server);

        assertThat(tables(false)).contains("snapshot " + second, "server " + server);
        assertThat(tables(true)).contains("snapshot " + second, "server " + server);

        assertThat(tables(false)).doesNotContain("snapshot " + second, "server " + server);
        assertThat(snapshots.tree(tenant, server).at("/nodes/0/parent").isNull())
                .isTrue();
    }

    private List<String> tables(boolean repair) {
        return doors.snapshot(operator, "POST", "/tables/examine", "{\"repair\": " + repair + "}")
                .expect(200)
                .json()
                .at("/examination/findings")
                .findValuesAsText("subject");
    }

    @Test
    void itIsForAdministrators() {
        doors.snapshot(tenant, "GET", "/hosts", null).expect(403);
        doors.snapshot(tenant, "POST", HOST + "/examine", "{}").expect(403);
        doors.snapshot(operator, "POST", "/hosts/nowhere/examine", "{}").expect(404);
        JsonNode hosts =
                doors.snapshot(operator, "GET", "/hosts", null).expect(200).json();
        assertThat(hosts.at("/hosts/0/captures").asText()).isEqualTo("bitmap");
    }
}
