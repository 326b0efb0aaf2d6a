package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Fact;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Servers that go on where their standby is: never before their source is fenced, and never twice.
@QuarkusTest
class FailoversIT {
    private static final String HOST = "OS-EXT-SRV-ATTR:host";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    Standbys standbys;

    private Tenant tenant;
    private Tenant operator;
    private String id;
    private InstanceId server;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        operator = doors.http().member(tenant.projectId(), tenant.projectName(), "admin");
        id = doors.running(tenant, "guarded");
        server = InstanceId.parse(id);
        standbys.beat();
    }

    @AfterEach
    void close() {
        workers.behave(FakeWorkers.Manners.GOOD);
        standbys.forget();
    }

    @Test
    void aPlannedFailoverIsHandedOverAndBackTheSameWay() {
        protect("{}");

        assertThat(failOver(true).path("status").asText()).isEqualTo("succeeded");
        cloud.awaitQuiet();

        assertThat(workers.addressed(id))
                .endsWith("host-1 HandOver", "host-2 TakeOver", "host-1 FenceInstance", "host-1 DeleteInstance");
        assertThat(host()).isEqualTo("host-2");
        doors.awaitStatus(tenant, id, "ACTIVE");
        doors.snapshot(tenant, "GET", "/servers/" + id + "/protection", null).expect(404);
        doors.act(tenant, id, "{\"pause\": null}").expect(202);
        doors.awaitStatus(tenant, id, "PAUSED");
        doors.act(tenant, id, "{\"unpause\": null}").expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        protect("{\"host\": \"host-1\"}");
        assertThat(failOver(true).path("status").asText()).isEqualTo("succeeded");
        cloud.awaitQuiet();

        assertThat(host()).isEqualTo("host-1");
        assertThat(workers.addressed(id))
                .endsWith("host-2 HandOver", "host-1 TakeOver", "host-2 FenceInstance", "host-2 DeleteInstance");
    }

    @Test
    void aStandbyThatCameBackAtAnotherAddressIsMadeKnownToItsSourceOnce() {
        protect("{}");
        standbys.told(server, 3);
        String url = "select standby_url from protection where instance_id = ?1";
        Object here = cloud.rows(url, id).getFirst()[0];
        cloud.change(
                "update protection set standby_url = 'http://192.0.2.1:5802/standby', updated_at = ?1"
                        + " where instance_id = ?2",
                Instant.now().minus(Duration.ofMinutes(2)),
                id);

        standbys.look();
        cloud.awaitQuiet();
        standbys.look();
        cloud.awaitQuiet();

        assertThat(workers.addressed(id)).endsWith("host-2 PrepareStandby", "host-1 ProtectInstance");
        assertThat(workers.addressed(id))
                .filteredOn("host-1 ProtectInstance"::equals)
                .hasSize(2);
        assertThat(cloud.rows(url, id).getFirst()[0]).isEqualTo(here);
        assertThat(standsAt()).isEqualTo("PROTECTED");
    }

    @Test
    void aPausedServerStaysPaused() {
        protect("{}");
        doors.act(tenant, id, "{\"pause\": null}").expect(202);
        doors.awaitStatus(tenant, id, "PAUSED");

        failOver(true);

        doors.awaitStatus(tenant, id, "PAUSED");
    }

    @Test
    void aSourceThatIsThereIsFencedBeforeItsServerIsTakenOver() {
        protect("{}");
        standbys.told(server, 3);

        assertThat(failOver(false).path("status").asText()).isEqualTo("succeeded");
        cloud.awaitQuiet();

        assertThat(workers.addressed(id))
                .endsWith("host-1 FenceInstance", "host-2 TakeOver", "host-1 FenceInstance", "host-1 DeleteInstance");
        assertThat(host()).isEqualTo("host-2");
    }

    @Test
    void aSilentSourceIsWaitedForUntilItsLeaseHasLapsedAndClearedWhenItIsBack() {
        protect("{\"automatic\": false}");
        standbys.told(server, 3);
        workers.behave(sourceIsDown());
        String job = begun(false);
        assertThat(standsAt()).isEqualTo("FENCING");

        standbys.look();

        assertThat(standsAt()).as("it was heard of until just now").isEqualTo("FENCING");
        assertThat(workers.addressed(id)).doesNotContain("host-2 TakeOver");
        standbys.silentForLong(server, 3);
        standbys.look();
        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("succeeded");
        assertThat(host()).isEqualTo("host-2");
        assertThat(workers.addressed(id)).endsWith("host-2 TakeOver").doesNotContain("host-1 DeleteInstance");
        assertThat(doors.snapshot(tenant, "PUT", "/servers/" + id + "/protection", "{}")
                        .expect(409)
                        .text())
                .as("the only other host has remains of it")
                .contains("host-1");

        workers.tell(new Fact.InstanceObserved(FakeWorkers.HOST, server, PowerState.CRASHED, Instant.now()));
        workers.hostIsSilent(false);
        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.awaitQuiet();

        assertThat(workers.addressed(id))
                .containsSubsequence("host-2 TakeOver", "host-1 FenceInstance", "host-1 DeleteInstance");
        assertThat(doors.server(tenant, id).path("status").asText()).isEqualTo("ACTIVE");
        protect("{}");
    }

    @Test
    void aLostSourceIsFoundAndItsServerGoesOnByItself() {
        protect("{}");
        standbys.told(server, 3);
        workers.behave(sourceIsDown());
        standbys.look();
        assertThat(standsAt()).isEqualTo("PROTECTED");

        standbys.silentForLong(server, 3);
        standbys.look();
        standbys.look();

        cloud.await("it has moved", () -> host().equals("host-2"));
        doors.awaitStatus(tenant, id, "ACTIVE");
        JsonNode job =
                doors.snapshot(tenant, "GET", "/jobs", null).expect(200).json().at("/jobs/0");
        assertThat(job.path("kind").asText()).isEqualTo("fail_over");
        assertThat(job.path("status").asText()).isEqualTo("succeeded");
    }

    @Test
    void whoWishesToDecideHimselfIsAsked() {
        protect("{\"automatic\": false}");
        standbys.told(server, 3);
        workers.behave(sourceIsDown());
        standbys.silentForLong(server, 3);

        standbys.look();

        assertThat(standsAt()).isEqualTo("PROTECTED");
    }

    @Test
    void aGuestThatCrashedGoesOnFromBeforeThat() {
        protect("{}");
        standbys.told(server, 3);
        workers.tell(new Fact.InstanceObserved(FakeWorkers.HOST, server, PowerState.CRASHED, Instant.now()));
        cloud.await(
                "the crash is known",
                () -> doors.server(tenant, id).path("status").asText().equals("SHUTOFF"));

        standbys.look();

        cloud.await("it has moved", () -> host().equals("host-2"));
        cloud.awaitQuiet();
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void aStandbyWithoutACompleteEpochIsNotTakenOver() {
        protect("{}");
        standbys.told(server, 0);

        assertThat(doors.snapshot(tenant, "POST", "/servers/" + id + "/failover", "{\"planned\": false}")
                        .expect(409)
                        .text())
                .contains("no complete epoch");
        assertThat(workers.addressed(id)).doesNotContain("host-1 FenceInstance");
    }

    @Test
    void aHandOverThatFailsLeavesTheServerWhereItIs() {
        protect("{}");
        fail(ComputeCommand.HandOver.class);

        assertThat(failOver(true).path("status").asText()).isEqualTo("failed");

        assertThat(host()).isEqualTo("host-1");
        assertThat(standsAt()).isEqualTo("PROTECTED");
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    @Test
    void aTakeOverThatFailsRunsNowhereAndMayBeTriedAgain() {
        protect("{}");
        standbys.told(server, 3);
        fail(ComputeCommand.TakeOver.class);

        assertThat(failOver(true).path("status").asText()).isEqualTo("failed");

        assertThat(workers.addressed(id)).endsWith("host-1 HandOver", "host-2 FenceInstance");
        assertThat(host()).isEqualTo("host-1");
        assertThat(standsAt()).isEqualTo("BROKEN");
        doors.awaitStatus(tenant, id, "SHUTOFF");
        workers.behave(FakeWorkers.Manners.GOOD);
        assertThat(failOver(false).path("status").asText()).isEqualTo("succeeded");
        assertThat(host()).isEqualTo("host-2");
    }

    @Test
    void aSourceThatCannotBeFencedKeepsItsServer() {
        protect("{}");
        standbys.told(server, 3);
        fail(ComputeCommand.FenceInstance.class);

        assertThat(failOver(false).path("status").asText()).isEqualTo("failed");

        assertThat(workers.addressed(id)).doesNotContain("host-2 TakeOver");
        assertThat(host()).isEqualTo("host-1");
        assertThat(standsAt()).isEqualTo("BROKEN");
    }

    @Test
    void aSourceThatDoesNotHandOverIsFenced() {
        protect("{}");
        standbys.told(server, 3);
        workers.behave((_, command) ->
                command instanceof ComputeCommand.HandOver ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        begun(true);

        assertThat(failOver(false).path("status").asText()).isEqualTo("succeeded");

        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.awaitQuiet();
        assertThat(host()).isEqualTo("host-2");
        assertThat(workers.addressed(id).stream().filter("host-2 TakeOver"::equals))
                .hasSize(1);
    }

    @Test
    void aDeletionMeanwhileLeavesNothingOnEitherHost() {
        protect("{}");
        standbys.told(server, 3);
        workers.behave((_, command) ->
                command instanceof ComputeCommand.TakeOver ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        begun(true);
        cloud.await("it is being taken over", () -> standsAt().equals("TAKING_OVER"));

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.awaitQuiet();

        List<String> done = workers.addressed(id);
        assertThat(done).contains("host-1 DeleteInstance", "host-2 DeleteInstance");
        doors.compute(tenant, "GET", "/servers/" + id, null).expect(404);
    }

    /// It takes no commands.
    private static FakeWorkers.Manners sourceIsDown() {
        return (_, command) -> switch (command) {
            case ComputeCommand.FenceInstance _, ComputeCommand.DeleteInstance _ -> Optional.of(new Behaviour.Sleeps());
            default -> Optional.empty();
        };
    }

    private void fail(Class<? extends ComputeCommand> kind) {
        workers.behave((_, command) -> kind.isInstance(command)
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.HYPERVISOR_FAILED, "cannot")))
                : Optional.empty());
    }

    private void protect(String body) {
        String job = doors.snapshot(operator, "PUT", "/servers/" + id + "/protection", body)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("succeeded");
    }

    private String begun(boolean planned) {
        return doors.snapshot(tenant, "POST", "/servers/" + id + "/failover", "{\"planned\": " + planned + "}")
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
    }

    /// The job at its end.
    private JsonNode failOver(boolean planned) {
        return doors.ended(tenant, begun(planned));
    }

    private String host() {
        return doors.server(operator, id).path(HOST).asText();
    }

    private String standsAt() {
        return (String) cloud.rows("select stage from protection where instance_id = ?1 and stage <> 'TAKEN_OVER'", id)
                .getFirst()[0];
    }
}
