package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that get another flavor.
@QuarkusTest
class ResizesIT {
    private static final String CONFIRM = "{\"confirmResize\": null}";
    private static final String REVERT = "{\"revertResize\": null}";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    SnapshotDoors snapshots;

    private Tenant tenant;
    private String id;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        id = doors.running(tenant, "growing");
    }

    @Test
    void aServerIsResizedAndThatIsConfirmed() {
        resize("2");

        JsonNode server = doors.server(tenant, id);
        assertThat(server.path("OS-EXT-STS:vm_state").asText()).isEqualTo("resized");
        assertThat(server.at("/flavor/id").asText()).isEqualTo("2");
        assertThat(doors.compute(tenant, "GET", "/servers?status=VERIFY_RESIZE", null)
                        .json()
                        .at("/servers/0/id")
                        .asText())
                .isEqualTo(id);
        settle();

        assertThat(did())
                .containsExactly("BootInstance", "ChangePower", "ResizeInstance", "ChangePower", "ConfirmResize");
        ComputeCommand.ResizeInstance done =
                (ComputeCommand.ResizeInstance) workers.carriedOut(id).get(2);
        assertThat(done.size().memory()).isEqualTo(ByteCount.ofMib(512));
        assertThat(workers.carriedOut(id).getLast())
                .isEqualTo(new ComputeCommand.ConfirmResize(done.instance(), done.kept()));
        doors.act(tenant, id, CONFIRM).expect(409);
        doors.act(tenant, id, REVERT).expect(409);
    }

    @Test
    void aResizeIsTakenBack() {
        resize("2");

        doors.act(tenant, id, REVERT).expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        assertThat(doors.server(tenant, id).at("/flavor/id").asText()).isEqualTo("1");
        assertThat(did())
                .containsExactly(
                        "BootInstance", "ChangePower", "ResizeInstance", "ChangePower", "RevertResize", "ChangePower");
        resize("2");
    }

    @Test
    void aServerThatWasOffStaysOff() {
        doors.act(tenant, id, "{\"os-stop\": null}").expect(202);
        doors.awaitStatus(tenant, id, "SHUTOFF");

        resize("2");
        doors.act(tenant, id, REVERT).expect(202);
        doors.awaitStatus(tenant, id, "SHUTOFF");
        resize("2");
        doors.act(tenant, id, CONFIRM).expect(204);
        doors.awaitStatus(tenant, id, "SHUTOFF");

        assertThat(workers.carriedOut(id))
                .noneMatch(command ->
                        command instanceof ComputeCommand.ChangePower change && change.action() == PowerAction.START);
    }

    @Test
    void untilThatIsSettledOnlyWhatLeavesTheChoiceIsAllowed() {
        resize("2");

        for (String action : new String[] {
            "{\"resize\": {\"flavorRef\": \"3\"}}",
            "{\"reboot\": {\"type\": \"HARD\"}}",
            "{\"os-stop\": null}",
            "{\"os-start\": null}",
            "{\"pause\": null}",
            "{\"suspend\": null}",
            "{\"shelve\": null}",
            "{\"rescue\": null}",
            "{\"rebuild\": {\"imageRef\": \"" + doors.image(tenant) + "\"}}",
            "{\"createImage\": {\"name\": \"no\"}}"
        }) {
            doors.act(tenant, id, action).expect(409);
        }

        doors.compute(tenant, "DELETE", "/servers/" + id, null).expect(204);
        cloud.awaitQuiet();
        doors.compute(tenant, "GET", "/servers/" + id, null).expect(404);
        assertThat(used("totalRAMUsed")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ResizeInstance", "start"})
    void aResizeThatFailsLeavesTheServerAsItWas(String step) {
        workers.behave(
                (command, about) -> about instanceof ComputeCommand.ResizeInstance && step.equals("ResizeInstance")
                                || step.equals("start")
                                        && did().getLast().equals("ResizeInstance")
                                        && about instanceof ComputeCommand.ChangePower
                        ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.INTERNAL, "no")))
                        : Optional.empty());

        doors.act(tenant, id, resizing("2")).expect(202);
        cloud.awaitQuiet();

        doors.awaitStatus(tenant, id, "ACTIVE");
        assertThat(doors.server(tenant, id).at("/flavor/id").asText()).isEqualTo("1");
        assertThat(did()).endsWith("RevertResize", "ChangePower");
        assertThat(used("totalRAMUsed")).isEqualTo(256);
    }

    @Test
    void aRevertThatFailsCanBeTriedAgain() {
        resize("2");
        workers.behave((command, about) -> about instanceof ComputeCommand.RevertResize
                ? Optional.of(new FakeWorkers.Behaviour.Fails(new ErrorReport(ErrorCode.INTERNAL, "no")))
                : Optional.empty());
        doors.act(tenant, id, REVERT).expect(202);
        cloud.awaitQuiet();
        doors.awaitStatus(tenant, id, "VERIFY_RESIZE");

        workers.behave(FakeWorkers.Manners.GOOD);
        doors.act(tenant, id, REVERT).expect(202);
        doors.awaitStatus(tenant, id, "ACTIVE");

        assertThat(doors.server(tenant, id).at("/flavor/id").asText()).isEqualTo("1");
    }

    @Test
    void theLargerOfBothSizesCountsUntilOneIsGivenUp() {
        resize("2");
        assertThat(used("totalRAMUsed")).isEqualTo(512);
        settle();

        doors.act(tenant, id, resizing("1")).expect(400);
        flavor("as-before-" + tenant.projectId(), 256, 20);
        resize("as-before-" + tenant.projectId());
        assertThat(used("totalRAMUsed")).isEqualTo(512);
        settle();

        assertThat(used("totalRAMUsed")).isEqualTo(256);
    }

    @Test
    void aQuotaIsKeptHoweverManyGrowAtOnce() throws Exception {
        List<String> servers = new ArrayList<>(List.of(id));
        for (int more = 0; more < 3; more++) {
            servers.add(doors.running(tenant, "greedy"));
        }
        // Two of them may have 512 MiB, and the others 256.
        limit(1536);

        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (String server : servers) {
                answers.add(threads.submit(
                        () -> doors.act(tenant, server, resizing("2")).status()));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsExactlyInAnyOrder(202, 202, 403, 403);
        }
        assertThat(used("totalRAMUsed")).isEqualTo(1536);
    }

    @Test
    void aSnapshotBringsBackTheFlavorOfThen() {
        String snapshot = snapshots.taken(tenant, id, "small", true);
        resize("2");
        doors.snapshot(tenant, "POST", "/snapshots/" + snapshot + "/revert", "{\"memory\": true}")
                .expect(409);
        settle();

        snapshots.reverted(tenant, snapshot, "{\"memory\": true}");
        assertThat(doors.server(tenant, id).at("/flavor/id").asText()).isEqualTo("1");
        assertThat(used("totalRAMUsed")).isEqualTo(256);

        cloud.awaitQuiet();
        snapshots.undone(tenant, id);
        assertThat(doors.server(tenant, id).at("/flavor/id").asText()).isEqualTo("2");
        assertThat(used("totalRAMUsed")).isEqualTo(512);
    }

    @Test
    void aRevertToALargerMachineKeepsTheQuota() {
        resize("2");
        settle();
        String large = snapshots.taken(tenant, id, "large", true);
        flavor("small-" + tenant.projectId(), 256, 20);
        resize("small-" + tenant.projectId());
        settle();
        limit(511);

        var refused = doors.snapshot(tenant, "POST", "/snapshots/" + large + "/revert", "{\"memory\": true}")
                .expect(403);

        assertThat(refused.text()).contains("Quota exceeded for ram: Requested 256, but already used 256 of 511 ram");
        assertThat(doors.snapshot(tenant, "GET", "/snapshots/" + large + "/verdict", null)
                        .text())
                .contains("Quota exceeded for ram");
        assertThat(doors.server(tenant, id).path("status").asText()).isEqualTo("ACTIVE");
        assertThat(used("totalRAMUsed")).isEqualTo(256);
        limit(512);
        workers.behave((command, about) -> about instanceof ComputeCommand.RevertInstance
                ? Optional.of(new FakeWorkers.Behaviour.Sleeps())
                : Optional.empty());
        String job = doors.snapshot(tenant, "POST", "/snapshots/" + large + "/revert", "{\"memory\": true}")
                .expect(202)
                .json()
                .at("/job/id")
                .asText();
        assertThat(used("totalRAMUsed")).isEqualTo(512);
        assertThat(doors.server(tenant, id).at("/flavor/id").asText()).isEqualTo("small-" + tenant.projectId());
        workers.behave(FakeWorkers.Manners.GOOD);
        doors.ended(tenant, job);

        assertThat(doors.server(tenant, id).at("/flavor/id").asText()).isEqualTo("2");
        assertThat(used("totalRAMUsed")).isEqualTo(512);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        doors.act(tenant, id, resizing("1")).expect(400);
        doors.act(tenant, id, resizing("no-such")).expect(400);
        doors.act(tenant, id, resizing("")).expect(400);
        doors.act(tenant, id, "{\"resize\": {\"flavorRef\": null}}").expect(400);
        doors.act(tenant, id, "{\"resize\": null}").expect(400);
        doors.act(tenant, id, "{\"resize\": {\"flavorRef\": \"2\", \"other\": 1}}")
                .expect(400);
        flavor("no-disk-" + tenant.projectId(), 256, 0);
        doors.act(tenant, id, resizing("no-disk-" + tenant.projectId())).expect(400);
        doors.act(doors.http().tenant("member"), id, resizing("2")).expect(404);
        doors.act(doors.http().tenant("reader"), id, resizing("2")).expect(403);
        doors.act(tenant, id, CONFIRM).expect(409);
        doors.act(tenant, id, "{\"pause\": null}").expect(202);
        doors.awaitStatus(tenant, id, "PAUSED");
        doors.act(tenant, id, resizing("2")).expect(409);
    }

    @Test
    void aNumberIsTheIdOfAFlavorToo() {
        doors.act(tenant, id, "{\"resize\": {\"flavorRef\": 2, \"OS-DCF:diskConfig\": \"AUTO\"}}")
                .expect(202);
        doors.awaitStatus(tenant, id, "VERIFY_RESIZE");

        assertThat(doors.server(tenant, id).path("OS-DCF:diskConfig").asText()).isEqualTo("AUTO");
    }

    private void limit(int memoryMib) {
        doors.http()
                .call(
                        doors.http().admin(),
                        "PUT",
                        "/compute/v2.1/os-quota-sets/" + tenant.projectId(),
                        "{\"quota_set\": {\"ram\": " + memoryMib + "}}")
                .expect(200);
    }

    private void settle() {
        doors.act(tenant, id, CONFIRM).expect(204);
        doors.awaitStatus(tenant, id, "ACTIVE");
    }

    private void resize(String flavor) {
        doors.act(tenant, id, resizing(flavor)).expect(202);
        doors.awaitStatus(tenant, id, "VERIFY_RESIZE");
    }

    private static String resizing(String flavor) {
        return "{\"resize\": {\"flavorRef\": \"" + flavor + "\"}}";
    }

    private void flavor(String name, int memoryMib, int diskGib) {
        doors.compute(doors.http().tenant("admin"), "POST", "/flavors", """
                        {"flavor": {"id": "%s", "name": "%s", "vcpus": 1, "ram": %d, "disk": %d}}
                        """.formatted(name, name, memoryMib, diskGib))
                .expect(200);
    }

    private int used(String what) {
        return doors.compute(tenant, "GET", "/limits", null)
                .json()
                .at("/limits/absolute/" + what)
                .asInt();
    }

    private List<String> did() {
        return workers.carriedOut(id).stream()
                .map(command -> command.getClass().getSimpleName())
                .toList();
    }
}
