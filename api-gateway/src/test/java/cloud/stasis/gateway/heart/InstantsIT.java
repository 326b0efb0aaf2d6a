package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One instant of several servers: all of it or nothing, and then snapshots like any others.
@QuarkusTest
class InstantsIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    SnapshotDoors snapshots;

    private Tenant tenant;
    private String web;
    private String db;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        web = doors.running(tenant, "web");
        db = doors.running(tenant, "db");
    }

    @Test
    void anInstantIsOneSnapshotOfEachServerWithTheSkewInItsReceipt() {
        JsonNode instant = taken(web, db);

        assertThat(cut(web, db).cuts()).hasSize(2);
        assertThat(instant.path("status").asText()).isEqualTo("available");
        assertThat(instant.path("whole").asBoolean()).isTrue();
        assertThat(instant.path("hosts").asInt()).isEqualTo(1);
        assertThat(instant.path("skew_us").asLong()).isEqualTo(1234);
        assertThat(instant.path("snapshots").findValuesAsText("server")).containsExactlyInAnyOrder(web, db);
        for (String id : members(instant)) {
            JsonNode snapshot = snapshots.shown(tenant, id);
            assertThat(snapshot.path("instant").asText())
                    .isEqualTo(instant.path("id").asText());
            assertThat(snapshot.at("/receipt/together/servers").asInt()).isEqualTo(2);
            assertThat(snapshot.at("/receipt/together/skew_us").asLong()).isEqualTo(1234);
            assertThat(snapshots
                            .tree(tenant, snapshot.path("server").asText())
                            .path("current")
                            .asText())
                    .isEqualTo(id);
        }
        assertThat(listed()).containsExactly(instant.path("id").asText());
        Tenant other = doors.http().tenant("member");
        doors.snapshot(other, "GET", "/instants/" + instant.path("id").asText(), null)
                .expect(404);
        snapshots.reverted(tenant, members(instant).getFirst(), "{\"memory\": true}");
    }

    @Test
    void serversOfSeveralHostsAreHeldUntilAllAreCut() {
        cloud.move(InstanceId.parse(db), "host-2");

        JsonNode instant = taken(web, db);

        assertThat(instant.path("hosts").asInt()).isEqualTo(2);
        assertThat(instant.path("skew_us").asLong()).isNotNegative();
        List<Class<?>> order = workers.carriedOut().stream()
                .filter(command -> command.key().equals(web) || command.key().equals(db))
                .<Class<?>>map(Command::getClass)
                .filter(kind ->
                        kind == ComputeCommand.CutTogether.class || kind == ComputeCommand.ReleaseTogether.class)
                .toList();
        assertThat(order)
                .containsExactly(
                        ComputeCommand.CutTogether.class,
                        ComputeCommand.CutTogether.class,
                        ComputeCommand.ReleaseTogether.class,
                        ComputeCommand.ReleaseTogether.class);
    }

    @Test
    void whatIsWrongWithEachIsSaidBeforeAnyIsTouched() {
        String third = doors.running(tenant, "third");
        workers.behave((id, command) -> command instanceof ComputeCommand.CaptureInstance
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());
        for (String busy : List.of(web, db)) {
            doors.snapshot(tenant, "POST", "/snapshots", "{\"server\": \"" + busy + "\", \"name\": \"busy\"}")
                    .expect(202);
        }

        String fault = take(web, db, third).expect(409).text();

        assertThat(fault).contains(web, db).doesNotContain(third);
        assertThat(doors.server(tenant, third).path("OS-EXT-STS:task_state").isNull())
                .isTrue();
        assertThat(listed()).isEmpty();
        String nobody = UUID.randomUUID().toString();
        assertThat(take(third, nobody).expect(404).text()).contains(nobody);
        take(third, third).expect(400);
        take(third).expect(400);
        workers.behave(FakeWorkers.Manners.GOOD);
        Tenant other = doors.http().tenant("member");
        take(third, doors.running(other, "foreign")).expect(404);
        cloud.awaitQuiet();
    }

    @Test
    void ifOneUploadFailsNothingIsLeftOfAny() {
        workers.behave((id, command) -> command instanceof ComputeCommand.UploadSnapshot upload
                        && upload.instance()
                                .equals(InstanceId.parse(Stream.of(web, db)
                                        .max(String::compareTo)
                                        .orElseThrow()))
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the store is full")))
                : Optional.empty());

        JsonNode begun = take(web, db).expect(202).json();

        assertThat(doors.ended(tenant, begun.at("/job/id").asText())
                        .at("/error/message")
                        .asText())
                .contains("the store is full");
        assertThat(listed()).isEmpty();
        for (String server : List.of(web, db)) {
            doors.awaitStatus(tenant, server, "ACTIVE");
            doors.snapshot(tenant, "GET", "/servers/" + server + "/tree", null).expect(200);
            assertThat(snapshots.tree(tenant, server).path("nodes")).isEmpty();
        }
        assertThat(workers.carriedOut(Stream.of(web, db).min(String::compareTo).orElseThrow()))
                .filteredOn(ComputeCommand.ReleaseTogether.class::isInstance)
                .singleElement()
                .satisfies(release -> assertThat(((ComputeCommand.ReleaseTogether) release).settlement())
                        .isEqualTo(ComputeCommand.Settlement.ABANDONED));
        assertThat(workers.carriedOut())
                .filteredOn(ImageCommand.SealBundle.class::isInstance)
                .noneMatch(seal -> begun.at("/instant/snapshots").findValuesAsText("id").stream()
                        .anyMatch(id -> seal.key().contains(id)));
    }

    @Test
    void allAreRevertedTogetherByJobsOfTheirOwn() {
        JsonNode instant = taken(web, db);
        String path = "/instants/" + instant.path("id").asText();

        JsonNode jobs = doors.snapshot(
                        tenant, "POST", path + "/revert", "{\"memory\": true}", "Idempotency-Key", "again")
                .expect(202)
                .json()
                .path("jobs");

        assertThat(jobs.findValuesAsText("server")).containsExactlyInAnyOrder(web, db);
        for (JsonNode job : jobs) {
            assertThat(doors.ended(tenant, job.path("id").asText())
                            .path("status")
                            .asText())
                    .isEqualTo("succeeded");
        }
        assertThat(Stream.of(web, db).flatMap(server -> workers.carriedOut(server).stream()))
                .filteredOn(ComputeCommand.RevertInstance.class::isInstance)
                .hasSize(2)
                .allSatisfy(revert -> {
                    assertThat(((ComputeCommand.RevertInstance) revert).memory())
                            .isEqualTo(MemoryChoice.WITH_MEMORY);
                    assertThat(((ComputeCommand.RevertInstance) revert).resume())
                            .isEqualTo(AfterRevert.RUNNING);
                });
        JsonNode same = doors.snapshot(
                        tenant, "POST", path + "/revert", "{\"memory\": true}", "Idempotency-Key", "again")
                .expect(202)
                .json()
                .path("jobs");
        assertThat(same.findValuesAsText("id")).isEqualTo(jobs.findValuesAsText("id"));
    }

    @Test
    void noServerIsRevertedIfOneCannotBe() {
        JsonNode instant = taken(web, db);
        String path = "/instants/" + instant.path("id").asText();
        doors.compute(tenant, "DELETE", "/servers/" + db, null).expect(204);
        cloud.awaitQuiet();

        assertThat(doors.snapshot(tenant, "POST", path + "/revert", "{\"memory\": true}")
                        .expect(404)
                        .text())
                .contains(db);
        assertThat(doors.server(tenant, web).path("OS-EXT-STS:task_state").isNull())
                .isTrue();

        snapshots.deleted(tenant, members(instant).getFirst());
        assertThat(doors.snapshot(tenant, "GET", path, null)
                        .expect(200)
                        .json()
                        .at("/instant/whole")
                        .asBoolean())
                .isFalse();
        doors.snapshot(tenant, "POST", path + "/revert", "{}").expect(409);
        snapshots.deleted(tenant, members(instant).getLast());
        doors.snapshot(tenant, "GET", path, null).expect(404);
    }

    @Test
    void allSnapshotsAreDeletedOrNoneIs() {
        JsonNode instant = taken(web, db);
        String path = "/instants/" + instant.path("id").asText();
        String held = members(instant).getLast();
        doors.snapshot(tenant, "PUT", "/snapshots/" + held, "{\"protected\": true}")
                .expect(200);

        assertThat(doors.snapshot(tenant, "DELETE", path, null).expect(409).text())
                .contains(held);
        assertThat(snapshots
                        .shown(tenant, members(instant).getFirst())
                        .path("status")
                        .asText())
                .isEqualTo("available");

        doors.snapshot(tenant, "PUT", "/snapshots/" + held, "{\"protected\": false}")
                .expect(200);
        assertThat(doors.snapshot(tenant, "DELETE", path, null)
                        .expect(202)
                        .json()
                        .path("jobs"))
                .hasSize(2);
        cloud.awaitQuiet();
        doors.snapshot(tenant, "GET", path, null).expect(404);
        members(instant).forEach(id -> doors.snapshot(tenant, "GET", "/snapshots/" + id, null)
                .expect(404));
    }

    private Answer take(String... servers) {
        return doors.snapshot(
                tenant,
                "POST",
                "/snapshots",
                "{\"servers\": [\"" + String.join("\", \"", servers) + "\"], \"name\": \"both\", \"memory\": true}");
    }

    private JsonNode taken(String... servers) {
        JsonNode begun = take(servers).expect(202).json();
        assertThat(begun.at("/instant/status").asText()).isEqualTo("creating");
        assertThat(doors.ended(tenant, begun.at("/job/id").asText())
                        .path("status")
                        .asText())
                .isEqualTo("succeeded");
        return doors.snapshot(
                        tenant, "GET", "/instants/" + begun.at("/instant/id").asText(), null)
                .expect(200)
                .json()
                .path("instant");
    }

    private static List<String> members(JsonNode instant) {
        return instant.path("snapshots").findValuesAsText("id");
    }

    private ComputeCommand.CutTogether cut(String... servers) {
        return Stream.of(servers)
                .flatMap(server -> workers.carriedOut(server).stream())
                .filter(ComputeCommand.CutTogether.class::isInstance)
                .map(ComputeCommand.CutTogether.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private List<String> listed() {
        List<String> ids = new ArrayList<>();
        doors.snapshot(tenant, "GET", "/instants", null)
                .expect(200)
                .json()
                .path("instants")
                .forEach(instant -> ids.add(instant.path("id").asText()));
        return ids;
    }
}
