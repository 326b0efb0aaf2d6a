package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Captures of a real guest. One guest for all tests, in order, since a boot takes seconds.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CaptureDisksIT {
    private static final DeviceName ROOT = new DeviceName("vda");
    private static final DeviceName DATA = new DeviceName("vdb");

    @TempDir
    Path directory;

    private RealHost host;
    private InstanceId id;

    @BeforeAll
    void boot() {
        host = new RealHost();
        id = host.boot(List.of());
    }

    @AfterAll
    void close() {
        host.close();
    }

    @Test
    @Order(1)
    void firstCaptureReadsWhatTheGuestWroteAndItsFileSystemsAreClean() {
        String expected = file("/root/first", 5);

        CommandResult.Captured captured = capture(Quiesce.REQUIRE);

        Receipt receipt = captured.receipt();
        assertThat(receipt.reached()).isEqualTo(Consistency.FILE_SYSTEM);
        assertThat(receipt.strategy()).isEqualTo("backup-incremental");
        assertThat(receipt.frozen()).isPositive();
        assertThat(receipt.paused()).isZero();
        assertThat(transfer(captured, ROOT).shared()).isLessThan(ByteCount.ofMib(2));
        CapturedDisk root = disk(captured, ROOT);
        assertThat(root.isClean()).isTrue();
        assertThat(root.sha256("/root/first", directory)).isEqualTo(expected);
        assertThat(disk(captured, DATA).isClean()).isTrue();
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
        RealHost.await("the agent is silent", Duration.ofSeconds(20), () -> !GuestShell.answers(id));

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
        RealHost.await(
                "the crash is seen",
                Duration.ofSeconds(20),
                () -> host.host().state(host.instance(id)) == PowerState.CRASHED);

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

    private CommandResult.Captured capture(Quiesce quiesce) {
        UUID capture = UUID.randomUUID();
        CommandResult.Captured captured = (CommandResult.Captured)
                host.handle(new ComputeCommand.CaptureDisks(id, capture, List.of(), quiesce, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, capture, Settlement.SEALED));
        return captured;
    }

    /// Random bytes in a new file, synced; returns their SHA-256.
    private String file(String name, int mib) {
        return host.inGuest(
                        id,
                        "dd if=/dev/urandom of=" + name + " bs=1M count=" + mib + " 2>/dev/null; sync; sha256sum "
                                + name)
                .split(" ")[0];
    }

    private CapturedDisk disk(CommandResult.Captured captured, DeviceName disk) {
        return CapturedDisk.of(captured, disk, host.store, directory);
    }

    private static Receipt.Transfer transfer(CommandResult.Captured captured, DeviceName disk) {
        return captured.receipt().transfers().stream()
                .filter(transfer -> transfer.part().equals(disk.value()))
                .findFirst()
                .orElseThrow();
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

    private void assertHealthy() {
        assertThat(host.inGuest(id, "cat /run/probe.state")).contains("failures=0", "memory_failures=0");
        assertThat(host.console(id)).doesNotContain("FAIL");
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
    }
}
