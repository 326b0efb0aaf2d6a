package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
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

/// Captures of the disks of a real guest, by whatever strategy: what is captured is the guest's disks at one
/// instant at which its file systems are clean, and nothing is left. One guest for all tests, in order, since a
/// boot takes seconds.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class DiskCaptureContract {
    static final DeviceName ROOT = new DeviceName("vda");
    static final DeviceName DATA = new DeviceName("vdb");

    @TempDir
    Path directory;

    RealHost host;
    InstanceId id;

    abstract RealHost makeHost();

    /// What is special about a first capture.
    abstract void assertFirst(Receipt receipt, Receipt.Transfer root);

    @BeforeAll
    void boot() {
        host = makeHost();
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
        assertThat(receipt.frozen()).isPositive();
        assertFirst(receipt, transfer(captured, ROOT));
        CapturedDisk root = disk(captured, ROOT);
        assertThat(root.isClean()).isTrue();
        assertThat(root.sha256("/root/first", directory)).isEqualTo(expected);
        assertThat(disk(captured, DATA).isClean()).isTrue();
    }

    /// It would not answer, and would be thawed too late.
    @Test
    @Order(90)
    void pausedGuestIsNotAskedToFreeze() {
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.START));
        host.awaitAgent(id);
        file("/root/paused", 2);
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.PAUSE));

        assertThatThrownBy(() -> capture(Quiesce.REQUIRE))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.QUIESCE_REQUIRED));
        CommandResult.Captured captured = capture(Quiesce.PREFER);

        assertThat(host.host().state(host.instance(id))).isEqualTo(PowerState.PAUSED);
        Receipt receipt = captured.receipt();
        assertThat(receipt.reached()).isEqualTo(Consistency.CRASH);
        assertThat(receipt.frozen()).isZero();
        assertThat(receipt.guestAgent()).isEqualTo("the guest is paused");
        assertThat(disk(captured, ROOT).isCleanAfterReplay()).isTrue();
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.UNPAUSE));
        assertHealthy();
    }

    CommandResult.Captured capture(Quiesce quiesce) {
        UUID capture = UUID.randomUUID();
        CommandResult.Captured captured = (CommandResult.Captured)
                host.handle(new ComputeCommand.CaptureDisks(id, capture, List.of(), quiesce, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, capture, Settlement.SEALED));
        return captured;
    }

    /// Random bytes in a new file, synced; returns their SHA-256.
    String file(String name, int mib) {
        return host.inGuest(
                        id,
                        "dd if=/dev/urandom of=" + name + " bs=1M count=" + mib + " 2>/dev/null; sync; sha256sum "
                                + name)
                .split(" ")[0];
    }

    CapturedDisk disk(CommandResult.Captured captured, DeviceName disk) {
        return CapturedDisk.of(captured, disk, host.store, directory);
    }

    static Receipt.Transfer transfer(CommandResult.Captured captured, DeviceName disk) {
        return captured.receipt().transfers().stream()
                .filter(transfer -> transfer.part().equals(disk.value()))
                .findFirst()
                .orElseThrow();
    }

    void assertHealthy() {
        assertThat(host.inGuest(id, "cat /run/probe.state")).contains("failures=0", "memory_failures=0");
        assertThat(host.console(id)).doesNotContain("FAIL");
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
    }
}
