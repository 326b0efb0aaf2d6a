package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// New servers out of snapshots, and what a snapshot is still good for.
@QuarkusTest
class ClonesIT {
    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    SnapshotDoors snapshots;

    @BeforeEach
    void open() {
        doors.open();
    }

    @Test
    void aCloneIsAServerLikeAnyOther() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "origin");
        String snapshot = snapshots.taken(tenant, id, "point", true);

        String clone = cloned(tenant, snapshot, "{\"name\": \"copy\", \"memory\": true, \"identity\": \"regenerate\"}");

        JsonNode server = doors.server(tenant, clone);
        assertThat(server.path("name").asText()).isEqualTo("copy");
        assertThat(server.path("status").asText()).isEqualTo("ACTIVE");
        assertThat(server.path("flavor")).isEqualTo(doors.server(tenant, id).path("flavor"));
        ComputeCommand.CloneInstance command = command(clone);
        assertThat(command.source()).isEqualTo(InstanceId.parse(id));
        assertThat(command.identity()).isEqualTo(Identity.REGENERATE);
        assertThat(command.spec().disks())
                .allSatisfy(disk -> assertThat(disk.source()).isInstanceOf(DiskSource.OverImage.class));
        assertThat(snapshots.shown(tenant, snapshot).path("status").asText()).isEqualTo("available");
        assertThat(snapshots.tree(tenant, clone).path("nodes")).isEmpty();
        snapshots.taken(tenant, clone, "of the clone", false);
    }

    @Test
    void aServerThatIsGoneComesBackAsAClone() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "gone");
        String snapshot = snapshots.taken(tenant, id, "point", true);
        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        cloud.await(
                "it is gone",
                () -> doors.compute(tenant, "GET", "/servers/" + id, null).status() == 404);

        JsonNode verdict = verdict(tenant, snapshot);
        String clone = cloned(tenant, snapshot, "{\"name\": \"again\"}");

        assertThat(verdict.at("/revert/outcome").asText()).isEqualTo("none");
        assertThat(verdict.at("/revert/reasons/0").asText()).contains("The server is gone");
        assertThat(verdict.at("/clones/0/outcome").asText()).isEqualTo("with_memory");
        assertThat(verdict.at("/clones/0/host").isNull()).isTrue();
        JsonNode first = firstVerdict(tenant, snapshot);
        assertThat(first.at("/revert/outcome").asText())
                .as("what it was when it was taken")
                .isEqualTo("with_memory");
        assertThat(first.at("/clones/0/outcome").asText()).isEqualTo("with_memory");
        assertThat(first.at("/clones/0/hosts").asInt()).isPositive();
        assertThat(first.path("at").asText()).isNotEmpty();
        assertThat(doors.server(tenant, clone).path("status").asText()).isEqualTo("ACTIVE");
    }

    @Test
    void theVerdictSaysWhatTheSnapshotIsGoodFor() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "judged");
        String disks = snapshots.taken(tenant, id, "disks", false);
        String whole = snapshots.taken(tenant, id, "whole", true);

        assertThat(verdict(tenant, whole).at("/revert/outcome").asText()).isEqualTo("with_memory");
        assertThat(verdict(tenant, whole).at("/revert/reasons")).isEmpty();
        assertThat(verdict(tenant, disks).at("/revert/outcome").asText()).isEqualTo("disks_only");
        assertThat(verdict(tenant, disks).at("/revert/reasons/0").asText()).contains("without memory");
        assertThat(firstVerdict(tenant, disks).path("revert").path("reasons"))
                .isEqualTo(verdict(tenant, disks).at("/revert/reasons"));
        String clone = "/snapshots/" + disks + "/clone";
        doors.snapshot(tenant, "POST", clone, "{\"name\": \"x\", \"memory\": true}")
                .expect(400);
        Tenant other = doors.http().tenant("member");
        doors.snapshot(other, "GET", "/snapshots/" + whole + "/verdict", null).expect(404);
        doors.snapshot(other, "POST", clone, "{\"name\": \"x\"}").expect(404);
    }

    @Test
    void aSnapshotIsNotDeletedUnderItsCloneAndAFailedCloneSaysWhy() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "held");
        String snapshot = snapshots.taken(tenant, id, "point", true);
        workers.behave((command, about) ->
                about instanceof ComputeCommand.CloneInstance ? Optional.of(new Behaviour.Sleeps()) : Optional.empty());
        JsonNode job = doors.snapshot(tenant, "POST", "/snapshots/" + snapshot + "/clone", "{\"name\": \"held\"}")
                .expect(202)
                .json()
                .path("job");

        doors.snapshot(tenant, "DELETE", "/snapshots/" + snapshot, null).expect(409);

        workers.behave((command, about) -> about instanceof ComputeCommand.CloneInstance
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the host is full")))
                : Optional.empty());
        assertThat(doors.ended(tenant, job.path("id").asText()).path("status").asText())
                .isEqualTo("failed");
        JsonNode failed = doors.server(tenant, job.path("server").asText());
        assertThat(failed.path("status").asText()).isEqualTo("ERROR");
        assertThat(failed.at("/fault/message").asText()).contains("the host is full");
        workers.behave(FakeWorkers.Manners.GOOD);
        snapshots.deleted(tenant, snapshot);
    }

    @Test
    void aServerIsClonedAsItIsNowByOneRequest() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "now");

        JsonNode job = copyOf(
                tenant, id, "{\"name\": \"twin\", \"memory\": true, \"state\": \"paused\", \"identity\": \"isolate\"}");
        JsonNode ended = doors.ended(tenant, job.path("id").asText());

        assertThat(job.path("kind").asText()).isEqualTo("clone_server");
        assertThat(ended.path("status").asText()).isEqualTo("succeeded");
        String clone = ended.path("server").asText();
        assertThat(doors.server(tenant, clone).path("name").asText()).isEqualTo("twin");
        ComputeCommand.CloneInstance command = command(clone);
        assertThat(command.source()).isEqualTo(InstanceId.parse(id));
        assertThat(command.identity()).isEqualTo(Identity.ISOLATE);
        JsonNode snapshot = snapshots.shown(tenant, ended.path("snapshot").asText());
        assertThat(snapshot.path("name").asText()).isEqualTo("for clone twin");
        assertThat(snapshot.path("status").asText()).isEqualTo("available");
        assertThat(snapshot.path("server").asText()).isEqualTo(id);
    }

    @Test
    void aCloneWhoseSnapshotFailsSaysWhyAndLeavesNothing() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "unlucky");
        workers.behave((command, about) -> about instanceof ComputeCommand.CaptureInstance
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the host is full")))
                : Optional.empty());

        JsonNode job = copyOf(tenant, id, "{\"name\": \"never\"}");
        JsonNode ended = doors.ended(tenant, job.path("id").asText());

        assertThat(ended.path("status").asText()).isEqualTo("failed");
        assertThat(ended.toString()).contains("the host is full");
        doors.compute(tenant, "GET", "/servers/" + job.path("server").asText(), null)
                .expect(404);
        doors.snapshot(tenant, "GET", "/snapshots/" + job.path("snapshot").asText(), null)
                .expect(404);
        workers.behave(FakeWorkers.Manners.GOOD);
        assertThat(doors.server(tenant, id).path("status").asText()).isEqualTo("ACTIVE");
    }

    @Test
    void aCloneThatWaitsIsCancelledWithItsSnapshot() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "patient");
        workers.behave((command, about) -> about instanceof ComputeCommand.CaptureInstance
                ? Optional.of(new Behaviour.Sleeps())
                : Optional.empty());
        JsonNode job = copyOf(tenant, id, "{\"name\": \"never\"}");
        assertThat(doors.snapshot(tenant, "POST", "/servers/" + id + "/clone", "{\"name\": \"second\"}")
                        .status())
                .as("while it is captured")
                .isEqualTo(409);

        doors.snapshot(tenant, "POST", "/jobs/" + job.path("id").asText() + "/cancel", null)
                .expect(202);
        workers.behave((command, about) -> about instanceof ComputeCommand.CaptureInstance
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.CANCELLED, "it was cancelled")))
                : Optional.empty());

        assertThat(doors.ended(tenant, job.path("id").asText()).path("status").asText())
                .isIn("failed", "cancelled");
        workers.behave(FakeWorkers.Manners.GOOD);
    }

    @Test
    void aCloneOfAServerIsRefusedWhereItCannotBe() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "refused");
        String clone = "/servers/" + id + "/clone";

        doors.snapshot(tenant, "POST", clone, "{}").expect(400);
        doors.snapshot(tenant, "POST", clone, "{\"name\": \"x\", \"consistency\": \"maybe\"}")
                .expect(400);
        doors.snapshot(doors.http().tenant("member"), "POST", clone, "{\"name\": \"x\"}")
                .expect(404);
        doors.compute(tenant, "POST", "/servers/" + id + "/action", "{\"os-stop\": null}")
                .expect(202);
        cloud.await(
                "it is off",
                () -> doors.server(tenant, id).path("status").asText().equals("SHUTOFF"));
        doors.snapshot(tenant, "POST", clone, "{\"name\": \"x\", \"memory\": true}")
                .expect(409);
    }

    private JsonNode copyOf(Tenant tenant, String server, String body) {
        return doors.snapshot(tenant, "POST", "/servers/" + server + "/clone", body)
                .expect(202)
                .json()
                .path("job");
    }

    private String cloned(Tenant tenant, String snapshot, String body) {
        JsonNode job = doors.snapshot(tenant, "POST", "/snapshots/" + snapshot + "/clone", body)
                .expect(202)
                .json()
                .path("job");
        assertThat(doors.ended(tenant, job.path("id").asText()).path("status").asText())
                .isEqualTo("succeeded");
        return job.path("server").asText();
    }

    private JsonNode verdict(Tenant tenant, String snapshot) {
        return doors.snapshot(tenant, "GET", "/snapshots/" + snapshot + "/verdict", null)
                .expect(200)
                .json()
                .path("verdict");
    }

    private JsonNode firstVerdict(Tenant tenant, String snapshot) {
        return doors.snapshot(tenant, "GET", "/snapshots/" + snapshot, null)
                .expect(200)
                .json()
                .at("/snapshot/first_verdict");
    }

    private ComputeCommand.CloneInstance command(String clone) {
        return workers.carriedOut(clone).stream()
                .filter(ComputeCommand.CloneInstance.class::isInstance)
                .map(ComputeCommand.CloneInstance.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
