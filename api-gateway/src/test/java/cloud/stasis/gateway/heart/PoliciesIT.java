package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.LogLines;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.policy.PolicyRunner;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.messages.ComputeCommand.CaptureInstance;
import cloud.stasis.messages.ComputeCommand.ChangePower;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Backups by policy. The time at which the runner looks is given to it; the gateway's own timer, which looks
/// at the real time, has nothing to do before an hour has passed.
@QuarkusTest
class PoliciesIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String HOURLY = "\"interval\": \"PT1H\"";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    PolicyRunner runner;

    @Inject
    Quotas quotas;

    private Tenant tenant;
    private VolumeDoor volumes;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        volumes = new VolumeDoor(doors, cloud, tenant);
    }

    @Test
    void whatAPolicyMadeOfAVolumeIsKeptAsLongAsItSays() {
        String volume = volumes.volume("{\"size\": 1}");
        String own = volumes.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\", \"name\": \"own\"}");
        String policy = policy(
                "\"volume\": \"" + volume + "\", \"action\": \"backup\", " + HOURLY + ", \"retention\": {\"last\": 2}");

        LogLines audit = LogLines.of("audit");
        for (int hour = 1; hour <= 4; hour++) {
            runs(policy, due(policy));
        }

        cloud.await("two and the tenant's own are kept", () -> backups().size() == 3);
        audit.close();
        assertThat(audit.all())
                .filteredOn(line -> line.contains("POLICY " + policy))
                .allMatch(line -> line.contains(" user=" + tenant.userId() + " project=" + tenant.projectId() + " "))
                .satisfies(lines -> assertThat(lines)
                        .filteredOn(line -> line.contains("action=make-of-" + volume))
                        .hasSize(4))
                .satisfies(lines -> assertThat(lines)
                        .filteredOn(line -> line.contains("action=delete-"))
                        .hasSize(2));
        assertThat(backups()).contains(own);
        assertThat(statuses(policy)).containsExactly("done", "done", "dropped", "dropped");
        assertThat(volumes.show(
                                "/backups/"
                                        + results(policy)
                                                .getFirst()
                                                .path("product")
                                                .asText(),
                                "backup")
                        .path("is_incremental")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aServerIsKeptWithItsMemoryAndWhatIsProtectedStays() {
        String server = doors.running(tenant, "kept");
        String policy = policy("\"server\": \"" + server + "\", \"memory\": true, \"cron\": \"0 * * * *\","
                + " \"timezone\": \"Europe/Berlin\", \"retention\": {\"last\": 1}");

        runs(policy, due(policy));
        String first = results(policy).getFirst().path("product").asText();
        doors.snapshot(tenant, "PUT", "/snapshots/" + first, "{\"protected\": true}")
                .expect(200);
        runs(policy, due(policy));
        runs(policy, due(policy));

        cloud.await("the second is gone", () -> snapshots(server).size() == 2);
        assertThat(snapshots(server)).contains(first);
        assertThat(statuses(policy)).containsExactly("done", "dropped", "done");
        assertThat(workers.carriedOut(server).stream()
                        .filter(CaptureInstance.class::isInstance)
                        .map(command -> ((CaptureInstance) command).memory()))
                .containsOnly(MemoryChoice.WITH_MEMORY);
    }

    @Test
    void whatWasMissedIsCaughtUpOnceWhoeverLooksFirst() throws Exception {
        String volume = volumes.volume("{\"size\": 1}");
        String policy = policy("\"volume\": \"" + volume + "\", " + HOURLY);
        Instant muchLater = due(policy).plus(HOUR.multipliedBy(9)).plusSeconds(1);

        try (ExecutorService gateways = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> looks = new ArrayList<>();
            for (int gateway = 0; gateway < 8; gateway++) {
                looks.add(gateways.submit(() -> runner.look(muchLater)));
            }
            for (Future<?> look : looks) {
                look.get();
            }
        }
        settled(policy, muchLater);

        assertThat(statuses(policy)).containsExactly("done");
        assertThat(due(policy)).isBetween(muchLater, muchLater.plus(HOUR));
        assertThat(workers.carriedOut(volume).stream().filter(VolumeCommand.SnapshotVolume.class::isInstance))
                .hasSize(1);
    }

    @Test
    void aFailureIsToldAndTheLastGoodOneStays() {
        String volume = volumes.volume("{\"size\": 1}");
        String policy = policy("\"volume\": \"" + volume + "\", " + HOURLY + ", \"retention\": {\"last\": 1}");
        runs(policy, due(policy));
        String good = results(policy).getFirst().path("product").asText();
        workers.behave((id, command) -> command instanceof VolumeCommand.SnapshotVolume
                ? Optional.of(
                        new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the backend is full")))
                : Optional.empty());

        runs(policy, due(policy));

        assertThat(statuses(policy)).containsExactly("dropped", "done");
        assertThat(results(policy).getFirst().path("reason").asText()).contains("the backend is full");
        cloud.await("only the good one is there", () -> volumeSnapshots(volume).equals(List.of(good)));
    }

    @Test
    void aServerThatIsBusyIsAskedAgainForAWhile() {
        String server = doors.running(tenant, "busy");
        String policy = policy("\"server\": \"" + server + "\", " + HOURLY);
        workers.behave((id, command) ->
                command instanceof ChangePower ? Optional.of(new FakeWorkers.Behaviour.Sleeps()) : Optional.empty());
        doors.act(tenant, server, "{\"pause\": null}").expect(202);
        Instant due = due(policy);

        look(due);
        assertThat(statuses(policy)).containsExactly("waiting");
        look(due.plus(Duration.ofMinutes(11)));

        assertThat(statuses(policy)).containsExactly("failed");
        assertThat(results(policy).getFirst().path("reason").asText()).contains(server);
        workers.behave(FakeWorkers.Manners.GOOD);
    }

    @Test
    void aPolicyTakesWhatSaysSoOfItselfAndRunsWhenAskedTo() {
        String one = volumes.volume("{\"size\": 1, \"metadata\": {\"backup\": \"yes\"}}");
        String other = volumes.volume("{\"size\": 1, \"metadata\": {\"backup\": \"yes\", \"more\": \"1\"}}");
        volumes.volume("{\"size\": 1, \"metadata\": {\"backup\": \"no\"}}");
        String policy =
                policy("\"volumes\": {\"metadata\": {\"backup\": \"yes\"}}, " + HOURLY + ", \"enabled\": false");

        doors.snapshot(tenant, "POST", "/policies/" + policy + "/run", null).expect(202);
        settled(policy, Instant.now());

        assertThat(results(policy).stream().map(result -> result.path("target").asText()))
                .containsExactlyInAnyOrder(one, other);
        assertThat(volumeSnapshots(one)).hasSize(1);
        assertThat(shown(policy).path("next_run").isNull()).isTrue();
        assertThat(shown(policy).path("last_run").isNull()).isFalse();
        doors.snapshot(tenant, "DELETE", "/policies/" + policy, null).expect(204);
        doors.snapshot(tenant, "GET", "/policies/" + policy, null).expect(404);
        assertThat(volumeSnapshots(one)).hasSize(1);
    }

    @Test
    void aPolicyIsChangedAndSwitchedOff() {
        String volume = volumes.volume("{\"size\": 1}");
        String policy = policy("\"volume\": \"" + volume + "\", " + HOURLY);
        Instant due = due(policy);

        JsonNode changed = change(policy, "{\"name\": \"rare\", \"interval\": \"P1D\", \"retention\": {\"daily\": 3}}");
        assertThat(changed.path("name").asText()).isEqualTo("rare");
        assertThat(changed.path("interval").asText()).isEqualTo("PT24H");
        assertThat(changed.at("/retention/daily").asInt()).isEqualTo(3);
        assertThat(due(policy)).isEqualTo(due.plus(Duration.ofHours(23)));
        change(policy, "{\"enabled\": false}");
        look(due.plus(Duration.ofDays(2)));

        assertThat(results(policy)).isEmpty();
        assertThat(change(policy, "{\"enabled\": true, \"cron\": \"0 4 * * 0\"}")
                        .has("interval"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\": \"p\", \"interval\": \"PT1H\"}",
                "{\"name\": \"\", \"volume\": \"V\", \"interval\": \"PT1H\"}",
                "{\"name\": \"p\", \"volume\": \"V\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1H\", \"cron\": \"0 0 * * *\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1M\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"P99999999999999D\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"cron\": \"* * * * *\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"cron\": \"0 0 30 2 *\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1H\", \"timezone\": \"Mars/Base\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1H\", \"retention\": {\"last\": -1}}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1H\", \"retention\": {\"yearly\": 1}}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1H\", \"memory\": true}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1H\", \"action\": \"shred\"}",
                "{\"name\": \"p\", \"volume\": \"V\", \"interval\": \"PT1H\", \"what\": 1}",
                "{\"name\": \"p\", \"servers\": {}, \"interval\": \"PT1H\"}",
                "{\"name\": \"p\", \"servers\": {\"metadata\": {\"a\": \"b\"}}, \"action\": \"backup\","
                        + " \"interval\": \"PT1H\"}",
                "{\"name\": \"p\", \"servers\": {\"metadata\": {\"a\": \"b\"}}, \"volume\": \"V\", \"interval\": \"PT1H\"}"
            })
    void whatMakesNoPolicyIsRefused(String body) {
        String volume = volumes.volume("{\"size\": 1}");

        doors.snapshot(tenant, "POST", "/policies", body.replace("\"V\"", "\"" + volume + "\""))
                .expect(400);

        assertThat(doors.snapshot(tenant, "GET", "/policies", null)
                        .expect(200)
                        .json()
                        .path("policies"))
                .isEmpty();
    }

    @Test
    void whatIsSomebodyElsesCannotBeTakenAndPoliciesAreTheirProjects() {
        String volume = volumes.volume("{\"size\": 1}");
        String policy = policy("\"volume\": \"" + volume + "\", " + HOURLY);
        Tenant other = doors.http().tenant("member");
        Tenant reader = doors.http().member(tenant.projectId(), tenant.projectName(), "reader");
        String body = "{\"name\": \"p\", \"volume\": \"" + volume + "\", " + HOURLY + "}";

        doors.snapshot(other, "POST", "/policies", body).expect(404);
        doors.snapshot(other, "GET", "/policies/" + policy, null).expect(404);
        doors.snapshot(other, "PUT", "/policies/" + policy, "{}").expect(404);
        doors.snapshot(other, "POST", "/policies/" + policy + "/run", null).expect(404);
        doors.snapshot(other, "DELETE", "/policies/" + policy, null).expect(404);
        doors.snapshot(reader, "GET", "/policies/" + policy, null).expect(200);
        doors.snapshot(reader, "POST", "/policies", body).expect(403);
        doors.snapshot(reader, "DELETE", "/policies/" + policy, null).expect(403);
        cloud.look(() -> {
            quotas.override(new ProjectId(tenant.projectId()), Map.of(Resource.SNAPSHOT_POLICIES, 1L));
            return true;
        });
        doors.snapshot(tenant, "POST", "/policies", body).expect(403);
    }

    private String policy(String terms) {
        Answer made = doors.snapshot(tenant, "POST", "/policies", "{\"name\": \"nightly\", " + terms + "}")
                .expect(201);
        return made.json().at("/policy/id").asText();
    }

    private JsonNode change(String policy, String body) {
        return doors.snapshot(tenant, "PUT", "/policies/" + policy, body)
                .expect(200)
                .json()
                .path("policy");
    }

    private JsonNode shown(String policy) {
        return doors.snapshot(tenant, "GET", "/policies/" + policy, null)
                .expect(200)
                .json()
                .path("policy");
    }

    private Instant due(String policy) {
        return Instant.parse(shown(policy).path("next_run").asText());
    }

    private List<JsonNode> results(String policy) {
        return StreamSupport.stream(shown(policy).path("results").spliterator(), false)
                .toList();
    }

    private List<String> statuses(String policy) {
        return results(policy).stream()
                .map(result -> result.path("status").asText())
                .toList();
    }

    /// As the timer does it: on a thread that serves no request.
    private void look(Instant at) {
        try (ExecutorService timer = Executors.newSingleThreadExecutor()) {
            timer.submit(() -> runner.look(at)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("the runner failed", e);
        }
    }

    /// It is that time, and what is due is done.
    private void runs(String policy, Instant at) {
        look(at);
        settled(policy, at);
    }

    private void settled(String policy, Instant at) {
        cloud.await("all results of the policy are over", () -> {
            look(at);
            return statuses(policy).stream().noneMatch(status -> status.equals("waiting") || status.equals("begun"));
        });
    }

    private List<String> backups() {
        return volumes.call("GET", "/backups", null)
                .expect(200)
                .json()
                .path("backups")
                .findValuesAsText("id");
    }

    private List<String> volumeSnapshots(String volume) {
        return volumes.call("GET", "/snapshots?volume_id=" + volume, null)
                .expect(200)
                .json()
                .path("snapshots")
                .findValuesAsText("id");
    }

    private List<String> snapshots(String server) {
        return doors.snapshot(tenant, "GET", "/snapshots?server=" + server, null)
                .expect(200)
                .json()
                .path("snapshots")
                .findValuesAsText("id");
    }
}
