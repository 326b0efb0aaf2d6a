package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionSettings.Output;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Standbys of servers: how they come to be, what is refused meanwhile, and how they end. Failovers: [FailoversIT].
@QuarkusTest
class ProtectionsIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    Standbys standbys;

    @Inject
    Quotas quotas;

    @Inject
    Transactions transactions;

    private Tenant tenant;
    private Tenant operator;
    private String id;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        operator = doors.http().member(tenant.projectId(), tenant.projectName(), "admin");
        id = doors.running(tenant, "guarded");
        standbys.beat();
    }

    @AfterEach
    void close() {
        workers.behave(FakeWorkers.Manners.GOOD);
        standbys.forget();
    }

    @Test
    void aServerIsProtectedOnAnotherHostAndShowsHowFarThatIs() {
        protect("{\"interval_ms\": 250, \"output\": \"held\"}");

        assertThat(workers.addressed(id))
                .containsExactly("host-1 BootInstance", "host-2 PrepareStandby", "host-1 ProtectInstance");
        ComputeCommand.ProtectInstance order = workers.carriedOut(id).stream()
                .filter(ComputeCommand.ProtectInstance.class::isInstance)
                .map(ComputeCommand.ProtectInstance.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(order.settings().interval()).isEqualTo(Duration.ofMillis(250));
        assertThat(order.settings().output()).isEqualTo(Output.HELD);
        assertThat(order.secret()).isEqualTo("known to two");
        standbys.told(InstanceId.parse(id), 12);

        JsonNode shown = shown(tenant);
        assertThat(shown.path("status").asText()).isEqualTo("protected");
        assertThat(shown.path("health").asText()).isEqualTo("protected");
        assertThat(shown.path("epoch").asLong()).isEqualTo(12);
        assertThat(shown.path("interval_in_force_ms").asLong()).isEqualTo(1000);
        assertThat(shown.path("pause_us").asLong()).isEqualTo(8000);
        assertThat(shown.path("automatic").asBoolean()).isTrue();
        assertThat(shown.has("standby_host")).isFalse();
        assertThat(shown(operator).path("standby_host").asText()).isEqualTo("host-2");
        assertThat(doors.snapshot(tenant, "GET", "/protections", null)
                        .expect(200)
                        .json()
                        .at("/protections/0/server")
                        .asText())
                .isEqualTo(id);
    }

    @Test
    void otherSettingsHoldFromThenOnAndWhatIsNotSaidStays() {
        protect("{\"interval_ms\": 250, \"automatic\": false}");

        protect("{\"output\": \"held\"}");

        JsonNode shown = shown(tenant);
        assertThat(shown.path("interval_ms").asLong()).isEqualTo(250);
        assertThat(shown.path("output").asText()).isEqualTo("held");
        assertThat(shown.path("automatic").asBoolean()).isFalse();
        assertThat(workers.addressed(id)).doesNotContain("host-2 DiscardStandby");
    }

    @Test
    void settingsThatCannotBeHadLeaveTheFormerOnes() {
        protect("{\"interval_ms\": 250}");
        fail(ComputeCommand.ProtectInstance.class);

        assertThat(begun("{\"interval_ms\": 100}").path("status").asText()).isEqualTo("failed");

        assertThat(shown(tenant).path("interval_ms").asLong()).isEqualTo(250);
        assertThat(shown(tenant).path("status").asText()).isEqualTo("protected");
        assertThat(workers.addressed(id)).doesNotContain("host-2 DiscardStandby", "host-1 UnprotectInstance");
    }

    @Test
    void aProtectionThatCannotBeginLeavesNothing() {
        fail(ComputeCommand.ProtectInstance.class);

        assertThat(begun("{}").path("status").asText()).isEqualTo("failed");

        assertThat(workers.addressed(id)).contains("host-1 UnprotectInstance", "host-2 DiscardStandby");
        doors.snapshot(tenant, "GET", "/servers/" + id + "/protection", null).expect(404);
        doors.act(tenant, id, "{\"suspend\": null}").expect(202);
    }

    @Test
    void withoutAnotherHostThereIsNoStandby() {
        standbys.forget();

        assertThat(doors.snapshot(tenant, "PUT", "/servers/" + id + "/protection", "{}")
                        .expect(409)
                        .text())
                .contains("no other host");
    }

    @Test
    void onlyOperatorsNameTheHostAndNeverTheServersOwn() {
        String path = "/servers/" + id + "/protection";
        doors.snapshot(tenant, "PUT", path, "{\"host\": \"host-2\"}").expect(403);
        doors.snapshot(operator, "PUT", path, "{\"host\": \"nowhere\"}").expect(400);
        assertThat(doors.snapshot(operator, "PUT", path, "{\"host\": \"host-1\"}")
                        .expect(400)
                        .text())
                .contains("must be on another one");
        doors.snapshot(operator, "PUT", path, "{\"host\": \"host-2\"}").expect(202);
        cloud.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"interval_ms\": 99}",
                "{\"interval_ms\": 600001}",
                "{\"interval_ms\": \"fast\"}",
                "{\"output\": \"perhaps\"}",
                "{\"automatic\": 1}",
                "{\"host\": \"\"}",
                "{\"more\": 1}",
                "[]"
            })
    void whatMakesNoSenseIsRefused(String body) {
        doors.snapshot(operator, "PUT", "/servers/" + id + "/protection", body).expect(400);
    }

    @Test
    void whatAStandbyCannotFollowIsRefusedUntilTheServerIsUnprotected() {
        protect("{}");
        String volume = new VolumeDoor(doors, cloud, tenant).volume("{\"size\": 1}");

        for (String action : new String[] {
            "{\"resize\": {\"flavorRef\": \"2\"}}",
            "{\"shelve\": null}",
            "{\"rescue\": null}",
            "{\"suspend\": null}",
            "{\"rebuild\": {\"imageRef\": \"" + doors.image(tenant) + "\"}}"
        }) {
            assertThat(doors.act(tenant, id, action).expect(409).text()).contains("unprotect it first");
        }
        String attachment = "{\"volumeAttachment\": {\"volumeId\": \"" + volume + "\"}}";
        assertThat(doors.compute(tenant, "POST", "/servers/" + id + "/os-volume_attachments", attachment)
                        .expect(409)
                        .text())
                .contains("unprotect it first");
        doors.snapshot(tenant, "POST", "/snapshots", "{\"server\": \"" + id + "\", \"name\": \"beside\"}")
                .expect(202);
        cloud.awaitQuiet();

        unprotect();

        assertThat(workers.addressed(id)).endsWith("host-1 UnprotectInstance", "host-2 DiscardStandby");
        doors.snapshot(tenant, "GET", "/servers/" + id + "/protection", null).expect(404);
        doors.compute(tenant, "POST", "/servers/" + id + "/os-volume_attachments", attachment)
                .expect(200);
        cloud.awaitQuiet();
        assertThat(doors.snapshot(tenant, "PUT", "/servers/" + id + "/protection", "{}")
                        .expect(409)
                        .text())
                .contains("detach them first");
    }

    @Test
    void aStandbyThatIsDownHoldsNobodyUp() {
        protect("{}");
        workers.behave((_, command) -> command instanceof ComputeCommand.DiscardStandby
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());

        unprotect();

        doors.snapshot(tenant, "GET", "/servers/" + id + "/protection", null).expect(404);
        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.awaitQuiet();
        assertThat(workers.addressed(id)).endsWith("host-2 DiscardStandby");
    }

    @Test
    void whatIsOnlyAboutToBeginCanBeGivenUp() {
        workers.behave((_, command) -> command instanceof ComputeCommand.ProtectInstance
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());
        doors.snapshot(tenant, "PUT", "/servers/" + id + "/protection", "{}").expect(202);
        cloud.await(
                "the standby is ready",
                () -> shown(tenant).path("status").asText().equals("syncing"));

        unprotect();

        doors.snapshot(tenant, "GET", "/servers/" + id + "/protection", null).expect(404);
        workers.behave(FakeWorkers.Manners.GOOD);
        cloud.awaitQuiet();
        assertThat(cloud.count("select count(*) from protection where instance_id = ?1", id))
                .isZero();
    }

    @Test
    void aDeletionEndsTheProtectionFirst() {
        protect("{}");

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        cloud.awaitQuiet();

        assertThat(workers.addressed(id))
                .endsWith(
                        "host-1 UnprotectInstance",
                        "host-1 DeleteInstance",
                        "host-2 DiscardStandby",
                        "host-2 FenceInstance",
                        "host-2 DeleteInstance");
        assertThat(cloud.count("select count(*) from protection where instance_id = ?1", id))
                .isZero();
    }

    @Test
    void aDeletionDoesNotWaitForTheFirstEpoch() {
        workers.behave((_, command) -> command instanceof ComputeCommand.ProtectInstance
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());
        String job = doors.snapshot(tenant, "PUT", "/servers/" + id + "/protection", "{}")
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        cloud.await(
                "the standby is ready",
                () -> shown(tenant).path("status").asText().equals("syncing"));

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        fail(ComputeCommand.ProtectInstance.class);
        cloud.awaitQuiet();

        assertThat(doors.job(tenant, job).path("status").asText()).isEqualTo("failed");
        doors.compute(tenant, "GET", "/servers/" + id, null).expect(404);
        assertThat(cloud.count("select count(*) from protection where instance_id = ?1", id))
                .isZero();
    }

    @Test
    void theStandbyHasItsPlaceReservedAndCounts() {
        transactions.run(() -> quotas.override(new ProjectId(tenant.projectId()), Map.of(Resource.PROTECTIONS, 1L)));
        protect("{}");

        JsonNode hosts = doors.compute(operator, "GET", "/os-hypervisors/detail", null)
                .expect(200)
                .json()
                .path("hypervisors");
        for (JsonNode host : hosts) {
            if (host.path("hypervisor_hostname").asText().equals("host-2")) {
                assertThat(host.path("memory_mb_used").asLong()).isPositive();
            }
        }
        String other = doors.running(tenant, "one too many");
        doors.snapshot(tenant, "PUT", "/servers/" + other + "/protection", "{}").expect(403);
        JsonNode shown = doors.snapshot(tenant, "GET", "/quotas", null)
                .expect(200)
                .json()
                .path("quotas");
        assertThat(shown.at("/protections/used").asInt()).isEqualTo(1);
    }

    @Test
    void theDoctorDoesNotTakeAStandbyForAStray() {
        protect("{}");

        JsonNode job = doors.snapshot(operator, "POST", "/hosts/host-2/examine", "{}")
                .expect(202)
                .json()
                .path("job");
        doors.ended(operator, job.path("id").asText());

        ComputeCommand.Examine order = workers.carriedOut().stream()
                .filter(ComputeCommand.Examine.class::isInstance)
                .map(ComputeCommand.Examine.class::cast)
                .reduce((_, last) -> last)
                .orElseThrow();
        assertThat(order.busy()).contains(InstanceId.parse(id));
    }

    private void fail(Class<? extends ComputeCommand> kind) {
        workers.behave((_, command) -> kind.isInstance(command)
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.HYPERVISOR_FAILED, "cannot")))
                : Optional.empty());
    }

    private void protect(String body) {
        assertThat(begun(body).path("status").asText()).isEqualTo("succeeded");
    }

    /// The job at its end.
    private JsonNode begun(String body) {
        String job = doors.snapshot(tenant, "PUT", "/servers/" + id + "/protection", body)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        return doors.ended(tenant, job);
    }

    private void unprotect() {
        String job = doors.snapshot(tenant, "DELETE", "/servers/" + id + "/protection", null)
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("succeeded");
        cloud.await(
                "nothing is under way on the first host",
                () -> cloud.count("select count(*) from saga where standing in ('FORWARD', 'BACKWARD')"
                                + " and name <> 'clear-host' and name <> 'protect-server'")
                        == 0);
    }

    private JsonNode shown(Tenant asker) {
        return doors.snapshot(asker, "GET", "/servers/" + id + "/protection", null)
                .expect(200)
                .json()
                .path("protection");
    }
}
