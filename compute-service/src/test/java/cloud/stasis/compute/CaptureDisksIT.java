package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportRequest;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportedDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Expected;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// By the hypervisor's record of what is written, the usual way.
class CaptureDisksIT extends DiskCaptureContract {
    @Override
    RealHost makeHost() {
        return new RealHost();
    }

    @Override
    void assertFirst(Receipt receipt, Receipt.Transfer root) {
        assertThat(receipt.strategy()).isEqualTo("backup-incremental");
        assertThat(receipt.paused()).isZero();
        assertThat(root.shared()).isLessThan(ByteCount.ofMib(2));
    }

    @Test
    @Order(2)
    void secondCaptureReadsAndSendsWhatChanged() {
        String expected = file("/root/second", 50);

        CommandResult.Captured captured = capture(Quiesce.REQUIRE);

        assertThat(transfer(captured, ROOT).mode()).isEqualTo(Receipt.Mode.INCREMENTAL);
        assertThat(transfer(captured, ROOT).read()).isLessThan(ByteCount.ofMib(60));
        assertThat(transfer(captured, ROOT).sent()).isLessThan(ByteCount.ofMib(60));
        CapturedDisk root = disk(captured, ROOT);
        assertThat(root.isClean()).isTrue();
        assertThat(root.sha256("/root/second", directory)).isEqualTo(expected);
        assertThat(checkpoints()).hasSize(1);
        assertHealthy();
    }

    @Test
    @Order(3)
    void silentAgentIsRefusedIfConsistencyIsRequiredAndToldIfItIsPreferred() {
        host.inGuest(
                id,
                "p=$(pidof qemu-ga); (sleep 1; kill -STOP $p; sleep 30; kill -CONT $p) < /dev/null > /dev/null 2>&1 &");
        RealHost.await("the agent is silent", () -> !GuestShell.answers(id));

        assertThatThrownBy(() -> capture(Quiesce.REQUIRE))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.QUIESCE_REQUIRED));
        CommandResult.Captured captured = capture(Quiesce.PREFER);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.CRASH);
        assertThat(disk(captured, ROOT).isCleanAfterReplay()).isTrue();
        host.awaitAgent(id);
        assertHealthy();
    }

    @Test
    @Order(4)
    void recordsThatWereLostMeanAFullRead() {
        String expected = file("/root/full", 3);
        for (String checkpoint : checkpoints()) {
            RealHost.tool("virsh", "-c", RealHost.LIBVIRT.toString(), "checkpoint-delete", id.toString(), checkpoint);
        }

        CommandResult.Captured captured = capture(Quiesce.REQUIRE);

        assertThat(transfer(captured, ROOT).mode()).isEqualTo(Receipt.Mode.FULL);
        assertThat(transfer(captured, ROOT).reason()).isNotEmpty();
        assertThat(disk(captured, ROOT).sha256("/root/full", directory)).isEqualTo(expected);
        assertThat(transfer(capture(Quiesce.REQUIRE), ROOT).mode()).isEqualTo(Receipt.Mode.INCREMENTAL);
    }

    @Test
    @Order(5)
    void killedQemuCostsNoFullRead() {
        String expected = file("/root/killed", 3);
        kill(qemu());
        RealHost.await("the crash is seen", () -> host.host().state(host.instance(id)) == PowerState.CRASHED);

        host.handle(new ComputeCommand.ChangePower(id, PowerAction.START));
        host.awaitAgent(id);
        CommandResult.Captured captured = capture(Quiesce.REQUIRE);

        assertThat(transfer(captured, ROOT).mode()).isEqualTo(Receipt.Mode.INCREMENTAL);
        CapturedDisk root = disk(captured, ROOT);
        assertThat(root.isClean()).isTrue();
        assertThat(root.sha256("/root/killed", directory)).isEqualTo(expected);
    }

    @Test
    @Order(6)
    void recordsSurviveAStopAndAStoppedMachineIsReadFromItsLayers() {
        String expected = file("/root/stopped", 2);
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.STOP));

        CommandResult.Captured offline = capture(Quiesce.REQUIRE);

        assertThat(offline.receipt().reached()).isEqualTo(Consistency.OFFLINE);
        CapturedDisk root = disk(offline, ROOT);
        assertThat(root.isClean()).isTrue();
        assertThat(root.sha256("/root/stopped", directory)).isEqualTo(expected);
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.START));
        host.awaitAgent(id);
        assertThat(transfer(capture(Quiesce.REQUIRE), ROOT).read()).isLessThan(ByteCount.ofMib(20));
    }

    /// It leaves the machine newly started.
    @Test
    @Order(7)
    void doctorFindsAHealthyHostCleanAndNamesAndMendsWhatIsPlanted() throws Exception {
        capture(Quiesce.REQUIRE);
        assertThat(examined(Mending.NONE)).isEmpty();
        host.host()
                .hypervisor()
                .history()
                .export(
                        id,
                        new ExportRequest(
                                CheckpointName.fresh(),
                                List.of(new ExportedDisk(DATA, Optional.empty())),
                                host.instance(id).directory().path()));
        Files.createFile(host.instance(id).directory().disk(DATA).resolve("99.qcow2"));

        assertThat(examined(Mending.SAFE))
                .anyMatch(finding -> finding.plan().contains("export"))
                .anyMatch(finding -> finding.plan().contains("99.qcow2"))
                .anyMatch(finding -> finding.plan().contains("checkpoints"))
                .allMatch(finding -> finding.outcome() == CommandResult.Outcome.MENDED);
        assertThat(examined(Mending.NONE)).isEmpty();

        host.handle(new ComputeCommand.ChangePower(id, PowerAction.STOP));
        host.host().hypervisor().domains().remove(id);
        assertThat(examined(Mending.SAFE))
                .anyMatch(finding -> finding.difference().contains("libvirt does not know it"));
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.START));
        assertThat(examined(Mending.NONE)).isEmpty();
    }

    /// Its agent still says that it is frozen.
    @Test
    @Order(8)
    void guestThatThawsByItselfIsToldAsAfterAPowerCut() {
        host.inGuest(
                id,
                "(while [ ! -e /run/enough ]; do for at in / /data; do fsfreeze --unfreeze $at &&"
                        + " echo thawed $at > /dev/ttyS0; done; usleep 20000; done) < /dev/null > /dev/null 2>&1 &");

        CommandResult.Captured captured = captureThatTakesUntil(() -> {
            String console = host.console(id);
            return console.contains("thawed /data") && console.contains("thawed /\r");
        });

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.CRASH);
        assertThat(captured.receipt().freeze()).isEmpty();
        host.inGuest(id, "touch /run/enough");
        assertHealthy();
        assertThat(capture(Quiesce.REQUIRE).receipt().reached()).isEqualTo(Consistency.FILE_SYSTEM);
    }

    /// Of an agent that finds the instant slow to make.
    private CommandResult.Captured captureThatTakesUntil(Supplier<Boolean> condition) {
        Runnable slowly = () -> RealHost.await("what the capture waits for", Duration.ofSeconds(8), condition);
        ComputeAgent slow = host.seeing(hypervisor -> SlowExports.of(hypervisor, slowly));
        UUID capture = UUID.randomUUID();
        CommandResult.Captured captured = (CommandResult.Captured) slow.handle(
                new ComputeCommand.CaptureDisks(id, capture, List.of(), Quiesce.PREFER, RealHost.GRANT),
                new RealHost.Context());
        host.handle(new ComputeCommand.SettleCapture(id, capture, Settlement.SEALED));
        return captured;
    }

    private List<CommandResult.Finding> examined(Mending mending) {
        PowerState state = host.host().state(host.instance(id));
        return ((CommandResult.Examined) host.handle(new ComputeCommand.Examine(
                        InstanceId.random(),
                        List.of(new Expected(id, Optional.of(state), List.of())),
                        List.of(),
                        mending)))
                .findings();
    }

    private List<String> checkpoints() {
        return RealHost.tool(
                        "virsh", "-q", "-c", RealHost.LIBVIRT.toString(), "checkpoint-list", id.toString(), "--name")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private long qemu() {
        return Long.parseLong(RealHost.tool("pgrep", "-f", "guest=stasis-" + id)
                .strip()
                .lines()
                .findFirst()
                .orElseThrow());
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }
}
