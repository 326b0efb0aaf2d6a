package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.FakeWorkers.Behaviour;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SnapshotId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Where a server stands among its snapshots, what a revert keeps, and how it is taken back.
@QuarkusTest
class SnapshotTreeIT {
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
    void treeShowsWhereHistoryForksAndWhereTheServerStands() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "forks");
        String first = snapshots.taken(tenant, id, "first", true);
        String second = snapshots.taken(tenant, id, "second", false);
        snapshots.reverted(tenant, first, "{\"memory\": true, \"safety\": false}");
        String third = snapshots.taken(tenant, id, "third", true);

        JsonNode tree = snapshots.tree(tenant, id);

        assertThat(tree.path("current").asText()).isEqualTo(third);
        assertThat(tree.path("nodes").findValuesAsText("name")).containsExactly("first", "second", "third");
        assertThat(tree.at("/nodes/0/children")).hasSize(2);
        assertThat(tree.at("/nodes/0/children/0").asText()).isEqualTo(second);
        assertThat(tree.at("/nodes/2/current").asBoolean()).isTrue();
        assertThat(tree.at("/nodes/0/memory").asBoolean()).isTrue();
        assertThat(tree.at("/nodes/1/memory").asBoolean()).isFalse();
        Tenant other = doors.http().tenant("member");
        doors.snapshot(other, "GET", "/servers/" + id + "/tree", null).expect(404);
    }

    @Test
    void aRevertKeepsWhatTheServerWasAndIsUndoneAndRedone() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "undone");
        String first = snapshots.taken(tenant, id, "first", true);
        doors.act(tenant, id, "{\"pause\": null}").expect(202);
        doors.awaitStatus(tenant, id, "PAUSED");

        snapshots.reverted(tenant, first, "{\"memory\": true}");
        doors.awaitStatus(tenant, id, "ACTIVE");
        JsonNode safety = kept(tenant, id, 1).getFirst();

        assertThat(safety.path("name").asText()).isEqualTo("before revert to first");
        assertThat(safety.path("parent").asText()).isEqualTo(first);
        assertThat(snapshots.tree(tenant, id).path("current").asText()).isEqualTo(first);
        JsonNode shown = snapshots.shown(tenant, safety.path("id").asText());
        assertThat(shown.path("before_revert").asText()).isEqualTo("paused");

        snapshots.undone(tenant, id);

        assertThat(snapshots.tree(tenant, id).path("current").asText())
                .isEqualTo(safety.path("id").asText());
        ComputeCommand.RevertInstance undo = lastRevert(id);
        assertThat(undo.snapshot()).isEqualTo(SnapshotId.parse(safety.path("id").asText()));
        assertThat(undo.safety()).isPresent();
        assertThat(undo.resume()).isEqualTo(AfterRevert.PAUSED);
        kept(tenant, id, 2);
        doors.snapshot(tenant, "POST", "/servers/" + id + "/undo-revert", "{\"safety\": false}")
                .expect(202);
        cloud.await("the undo is undone", () -> lastRevert(id).safety().isEmpty());
        assertThat(lastRevert(id).resume()).isEqualTo(AfterRevert.RUNNING);
    }

    @Test
    void aDeletionIsForetoldAndThenIsWhatWasSaid() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "foretold");
        String first = snapshots.taken(tenant, id, "first", true);
        String second = snapshots.taken(tenant, id, "second", true);
        doors.snapshot(tenant, "PUT", "/snapshots/" + first, "{\"protected\": true}")
                .expect(200);

        JsonNode held = deletion(tenant, first);

        assertThat(held.path("allowed").asBoolean()).isFalse();
        assertThat(held.path("refusals")).hasSize(1);
        assertThat(held.at("/children/0").asText()).isEqualTo(second);
        assertThat(held.path("moves_server").asBoolean()).isFalse();
        assertThat(held.path("memory_bytes").asLong()).isEqualTo(FakeWorkers.DISK.bytes());
        assertThat(held.path("copied_bytes").asLong()).isEqualTo(FakeWorkers.WRITTEN.bytes());
        assertThat(held.path("expected_seconds").isNull()).isTrue();
        doors.snapshot(tenant, "DELETE", "/snapshots/" + first, null).expect(409);
        JsonNode leaf = deletion(tenant, second);
        assertThat(leaf.path("allowed").asBoolean()).isTrue();
        assertThat(leaf.path("moves_server").asBoolean()).isTrue();
        assertThat(leaf.path("parent").asText()).isEqualTo(first);
        assertThat(leaf.path("copied_bytes").asLong()).isZero();
        assertThat(leaf.path("store_bytes").asLong()).isEqualTo(FakeWorkers.SENT.bytes());
        snapshots.deleted(tenant, second);
        assertThat(snapshots.tree(tenant, id).path("current").asText()).isEqualTo(first);
        assertThat(deletion(tenant, first).path("expected_seconds").isNumber()).isTrue();
        Tenant other = doors.http().tenant("member");
        doors.snapshot(other, "GET", "/snapshots/" + first + "/deletion", null).expect(404);
    }

    private JsonNode deletion(Tenant tenant, String snapshot) {
        return doors.snapshot(tenant, "GET", "/snapshots/" + snapshot + "/deletion", null)
                .expect(200)
                .json()
                .path("deletion");
    }

    @Test
    void safetySnapshotsAreBoundedAndProtectedOnesStay() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "bounded");
        String first = snapshots.taken(tenant, id, "first", true);
        snapshots.reverted(tenant, first, "{}");
        String oldest = kept(tenant, id, 1).getFirst().path("id").asText();
        doors.snapshot(tenant, "PUT", "/snapshots/" + oldest, "{\"protected\": true, \"name\": \"keep me\"}")
                .expect(200);

        for (int round = 2; round <= 6; round++) {
            snapshots.reverted(tenant, first, "{}");
            cloud.await("it is stored", () -> safeties(tenant, id).stream()
                    .allMatch(node -> node.path("status").asText().equals("available")));
        }

        List<JsonNode> left = kept(tenant, id, 4);
        assertThat(left.getFirst().path("id").asText()).isEqualTo(oldest);
        assertThat(left.getFirst().path("name").asText()).isEqualTo("keep me");
    }

    @Test
    void safetySnapshotsGoWithTheirServer() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "leaves");
        String first = snapshots.taken(tenant, id, "first", true);
        snapshots.reverted(tenant, first, "{}");
        kept(tenant, id, 1);

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);

        cloud.await("only what was asked for is left", () -> snapshots
                .tree(tenant, id)
                .path("nodes")
                .findValuesAsText("name")
                .equals(List.of("first")));
    }

    @Test
    void aProtectedSnapshotIsNotDeleted() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "protected");
        String first = snapshots.taken(tenant, id, "first", false);
        doors.snapshot(tenant, "PUT", "/snapshots/" + first, "{\"protected\": true}")
                .expect(200);

        doors.snapshot(tenant, "DELETE", "/snapshots/" + first, null).expect(409);

        doors.snapshot(tenant, "PUT", "/snapshots/" + first, "{\"protected\": false}")
                .expect(200);
        snapshots.deleted(tenant, first);
    }

    @Test
    void aRevertThatFailsLeavesNoSafetySnapshot() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "fails");
        String first = snapshots.taken(tenant, id, "first", true);
        workers.behave((command, about) -> about instanceof ComputeCommand.RevertInstance
                ? Optional.of(new Behaviour.Fails(new ErrorReport(ErrorCode.NO_SPACE, "the host is full")))
                : Optional.empty());

        String job = doors.snapshot(tenant, "POST", "/snapshots/" + first + "/revert", "{\"memory\": true}")
                .expect(202)
                .json()
                .at("/job/id")
                .asText();

        assertThat(doors.ended(tenant, job).path("status").asText()).isEqualTo("failed");
        assertThat(safeties(tenant, id)).isEmpty();
        doors.awaitStatus(tenant, id, "ACTIVE");
        workers.behave(FakeWorkers.Manners.GOOD);
        doors.snapshot(tenant, "POST", "/servers/" + id + "/undo-revert", "{}").expect(409);
    }

    @Test
    void aStoppedServerHasNoMemoryToGoOnWith() {
        Tenant tenant = doors.http().tenant("member");
        String id = doors.running(tenant, "off");
        String first = snapshots.taken(tenant, id, "first", true);

        doors.snapshot(tenant, "POST", "/snapshots/" + first + "/revert", "{\"memory\": true, \"state\": \"stopped\"}")
                .expect(400);
        snapshots.reverted(tenant, first, "{\"state\": \"stopped\"}");
        doors.awaitStatus(tenant, id, "SHUTOFF");
    }

    /// The safety snapshots, once there are so many and all are in the store.
    private List<JsonNode> kept(Tenant tenant, String server, int count) {
        cloud.await("safety snapshots are kept", () -> {
            List<JsonNode> found = safeties(tenant, server);
            return found.size() == count
                    && found.stream()
                            .allMatch(node -> node.path("status").asText().equals("available"));
        });
        return safeties(tenant, server);
    }

    private List<JsonNode> safeties(Tenant tenant, String server) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode node : snapshots.tree(tenant, server).path("nodes")) {
            if (node.path("safety").asBoolean()) {
                found.add(node);
            }
        }
        return found;
    }

    private ComputeCommand.RevertInstance lastRevert(String server) {
        return workers.carriedOut(server).stream()
                .filter(ComputeCommand.RevertInstance.class::isInstance)
                .map(ComputeCommand.RevertInstance.class::cast)
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }
}
