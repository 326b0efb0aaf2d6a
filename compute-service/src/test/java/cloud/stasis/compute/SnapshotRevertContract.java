package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// Snapshots with memory of a real guest, and back. The probe in the guest compares a counter in memory with
/// both disks before each step, and the order of generations in a block of memory: it finds any mixture of
/// instants.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class SnapshotRevertContract {
    /// The probe compares memory and disks before each count.
    private static final int CHECKS = 5;

    RealHost host;
    InstanceId id;
    final SnapshotId first = SnapshotId.random();
    private final SnapshotId second = SnapshotId.random();
    CommandResult.Captured firstCaptured;
    CommandResult.Captured secondCaptured;
    long firstCounter;

    protected abstract RealHost makeHost();

    /// What the receipt of a running guest's snapshot is to say.
    protected abstract String strategy();

    @BeforeAll
    void boot() {
        host = makeHost();
        id = host.boot(List.of());
    }

    @AfterAll
    void close() {
        if (host != null) {
            host.close();
        }
    }

    @Test
    @Order(1)
    void guestGoesOnMidInstructionAfterEachOfThreeReverts() {
        host.inGuest(id, "touch /root/witness; sync");
        long before = counter();
        firstCaptured = snapshot(first);
        firstCounter = counter();
        assertThat(firstCaptured.receipt().reached()).isEqualTo(Consistency.MEMORY);
        assertThat(firstCaptured.receipt().paused()).isPositive();
        assertThat(firstCaptured.receipt().strategy()).isEqualTo(strategy());
        Map<Path, String> frozen = frozenLayers(first);

        for (int round = 0; round < 3; round++) {
            host.inGuest(id, "rm -f /root/witness; dd if=/dev/urandom of=/root/noise bs=1M count=8 2>/dev/null; sync");

            revert(first, firstCaptured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

            assertThat(counter()).isBetween(before, firstCounter + 200);
            assertThat(host.inGuest(id, "ls /root")).contains("witness").doesNotContain("noise");
            assertHealthy();
        }
        assertThat(frozenLayers(first)).as("frozen layers").isEqualTo(frozen);
    }

    @Test
    @Order(2)
    void revertedGuestIsSnapshottedAgainAndBothAreRevertedToInAnyOrder() {
        host.inGuest(id, "echo second > /run/which; touch /data/second; sync");
        secondCaptured = snapshot(second);

        revert(first, firstCaptured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertThat(host.inGuest(id, "cat /run/which 2>/dev/null; ls /data")).doesNotContain("second");
        revert(second, secondCaptured, MemoryChoice.WITH_MEMORY, AfterRevert.PAUSED);
        assertThat(host.host().state(host.instance(id))).isEqualTo(PowerState.PAUSED);
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.UNPAUSE));

        assertThat(host.inGuest(id, "cat /run/which; ls /data")).contains("second");
        assertHealthy();
    }

    @Test
    @Order(3)
    void revertedGuestIsCapturedIncrementally() {
        UUID capture = UUID.randomUUID();
        CommandResult.Captured captured = (CommandResult.Captured)
                host.handle(new ComputeCommand.CaptureDisks(id, capture, List.of(), Quiesce.REQUIRE, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, capture, Settlement.SEALED));

        assertThat(captured.receipt().strategy()).isEqualTo("backup-incremental");
        assertThat(captured.receipt().transfers())
                .allSatisfy(transfer -> assertThat(transfer.read()).isLessThan(ByteCount.ofMib(16)));
    }

    @Test
    @Order(5)
    void revertWorksFromTheStoreAlone() {
        host.handle(new ComputeCommand.DiscardSnapshot(id, second));

        revert(second, secondCaptured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

        assertThat(host.inGuest(id, "cat /run/which; ls /data")).contains("second");
        assertHealthy();
    }

    @Test
    @Order(6)
    void suspendedGuestIsSnapshottedAndGoesOn() {
        host.inGuest(id, "echo suspended > /run/which");
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.SUSPEND));
        SnapshotId suspended = SnapshotId.random();
        CommandResult.Captured captured = snapshot(suspended);
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.RESUME));
        assertThat(host.inGuest(id, "cat /run/which")).contains("suspended");
        host.inGuest(id, "echo later > /run/which; rm -f /data/second; sync");

        revert(suspended, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

        assertThat(host.inGuest(id, "cat /run/which; ls /data")).contains("suspended", "second");
        assertHealthy();
    }

    @Test
    @Order(7)
    void revertIsUndone() {
        host.inGuest(id, "echo given up > /run/which; touch /data/given-up; sync");
        long before = counter();
        SnapshotId safety = SnapshotId.random();
        host.handle(new ComputeCommand.RevertInstance(
                id,
                first,
                host.instance(id).spec().spec(),
                firstCaptured.parts(),
                MemoryChoice.WITH_MEMORY,
                AfterRevert.RUNNING,
                Optional.of(safety),
                RealHost.GRANT));
        assertThat(host.inGuest(id, "ls /data")).doesNotContain("given-up");
        CommandResult.Captured kept =
                (CommandResult.Captured) host.handle(new ComputeCommand.UploadSnapshot(id, safety, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, safety.value(), Settlement.SEALED));
        assertThat(kept.receipt().strategy()).isEqualTo(strategy());

        revert(safety, kept, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

        assertThat(host.inGuest(id, "cat /run/which; ls /data")).contains("given up", "given-up");
        assertThat(counter()).isGreaterThanOrEqualTo(before);
        assertHealthy();
    }

    /// It stands still before, during and after.
    @Test
    @Order(8)
    void pausedGuestIsSnapshottedAndStaysPaused() {
        host.inGuest(id, "echo paused > /run/which; touch /data/paused; sync");
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.PAUSE));
        SnapshotId paused = SnapshotId.random();

        CommandResult.Captured captured = snapshot(paused);

        assertThat(host.host().state(host.instance(id))).isEqualTo(PowerState.PAUSED);
        assertThat(captured.receipt().reached()).isEqualTo(Consistency.MEMORY);
        assertThat(captured.receipt().paused()).isZero();
        assertThat(captured.receipt().strategy()).isEqualTo(strategy());
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.UNPAUSE));
        host.inGuest(id, "echo later > /run/which; rm /data/paused; sync");
        revert(paused, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertThat(host.inGuest(id, "cat /run/which; ls /data"))
                .contains("paused")
                .doesNotContain("later");
        assertHealthy();
    }

    @Test
    @Order(100)
    void guestStopsByItselfWhenAsked() {
        long before = System.nanoTime();

        host.handle(new ComputeCommand.ChangePower(id, PowerAction.STOP));

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
        assertThat(host.console(id)).contains("stasis-demo: down");
        host.handle(new ComputeCommand.DeleteInstance(id));
        assertThat(host.host().hypervisor().domains().find(id)).isEmpty();
        assertThat(host.host().instances().layout().known()).isEmpty();
    }

    CommandResult.Captured snapshot(SnapshotId snapshot) {
        CommandResult.Captured captured = (CommandResult.Captured) host.handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        return captured;
    }

    void revert(SnapshotId snapshot, CommandResult.Captured captured, MemoryChoice memory, AfterRevert resume) {
        host.handle(new ComputeCommand.RevertInstance(
                id,
                snapshot,
                host.instance(id).spec().spec(),
                captured.parts(),
                memory,
                resume,
                Optional.empty(),
                RealHost.GRANT));
    }

    /// With the hash of what they hold.
    private Map<Path, String> frozenLayers(SnapshotId snapshot) {
        Map<Path, String> layers = new TreeMap<>();
        for (LayeredDisk disk : host.instance(id).disks().values()) {
            Path layer = disk.file(disk.heldBy(snapshot).orElseThrow());
            layers.put(layer, RealHost.tool("sha256sum", layer.toString()).split(" ")[0]);
        }
        return layers;
    }

    Map<String, String> probe() {
        return probe(id);
    }

    private Map<String, String> probe(InstanceId of) {
        return host.inGuest(of, "cat /run/probe.state")
                .lines()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    private long counter() {
        return counter(id);
    }

    private long counter(InstanceId of) {
        return Long.parseLong(probe(of).get("counter"));
    }

    void assertHealthy() {
        assertHealthy(id);
    }

    /// The probe has compared memory and disks a few times since.
    void assertHealthy(InstanceId of) {
        long from = counter(of);
        RealHost.await("the probe goes on", () -> counter(of) > from + CHECKS);
        assertThat(probe(of)).containsEntry("failures", "0").containsEntry("memory_failures", "0");
        assertThat(host.console(of)).doesNotContain("FAIL");
        assertThat(host.instance(of).directory().intent().read()).isEmpty();
    }
}
