package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A real guest that boots from an image of which nothing is on the host. One guest for all tests, in order.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StreamedBootIT {
    private static final DeviceName ROOT = new DeviceName("vda");
    /// What the guest has not read when it is ready.
    private static final int FILL_MIB = 64;

    private static final String SUM = "/run/sum";

    @TempDir
    Path scratch;

    private final Path directory = RealHost.freshDirectory();
    private final MemoryContentStore memory = new MemoryContentStore();
    private final SlowStore store = new SlowStore(memory);
    private RealHost host;
    private InstanceId id;
    /// The sum of the file as it was built.
    private String expected;

    @BeforeAll
    void boot() {
        host = RealHost.streaming(directory, store);
        host.agent.start();
        DemoGuest guest = DemoGuest.in(memory, ByteCount.ofMib(256), ByteCount.ofMib(FILL_MIB));
        // Kernel and RAM disk are fetched first, as they are opened once; only disks stream.
        host.host().bases().fetch(guest.kernel(), memory, TransferListener.NONE);
        host.host().bases().fetch(guest.ramdisk(), memory, TransferListener.NONE);
        expected = new CapturedDisk(Path.of("target", "guest-256-" + FILL_MIB, "root.raw")).sha256(fill(), directory);
        id = InstanceId.random();
        host.handle(new ComputeCommand.BootInstance(id, RealHost.spec(guest, List.of()), RealHost.GRANT));
        host.awaitReady(id);
    }

    @AfterAll
    void close() {
        host.handle(new ComputeCommand.DeleteInstance(id));
        host.agent.close();
        host.close();
    }

    @Test
    @Order(1)
    void guestRunsThoughNothingWasFetched() {
        assertThat(streaming()).containsExactly(ROOT);
        assertThat(host.instance(id).disk(ROOT).depth()).isOne();
        assertThat(HostLayout.list(directory.resolve("compute/base")))
                .noneMatch(file -> file.getFileName().toString().startsWith(base()));
        host.inGuest(id, "echo before > /root/mine; sync");
        assertHealthy();
    }

    @Test
    @Order(2)
    void guestWaitsWhileTheStoreIsAwayAndGoesOn() {
        store.away(true);
        host.inGuest(
                id,
                "(sha256sum < " + fill() + " > " + SUM + ".part; mv " + SUM + ".part " + SUM + ") "
                        + "> /dev/null 2>&1 &");
        RealHost.await("the guest asks for what is not here", () -> store.refused() > 3);

        assertThat(host.inGuest(id, "test -e " + SUM + " && echo yes || echo no")
                        .strip())
                .isEqualTo("no");
        assertThat(state()).isEqualTo(PowerState.RUNNING);
        store.away(false);

        RealHost.await("the guest has read on", () -> host.inGuest(id, "cat " + SUM + " 2>/dev/null || true")
                .contains(expected));
        assertHealthy();
    }

    @Test
    @Order(3)
    void serverThatIsStoppedStartsOnTheNetworkAgain() {
        assertThat(power(PowerAction.STOP)).isEqualTo(PowerState.STOPPED);
        assertThat(power(PowerAction.START)).isEqualTo(PowerState.RUNNING);
        RealHost.await("it is ready again", () -> host.console(id).split("stasis-demo: ready").length > 2);

        assertThat(streaming()).containsExactly(ROOT);
        assertThat(host.inGuest(id, "cat /root/mine").strip()).isEqualTo("before");
    }

    @Test
    @Order(4)
    void agentThatDiedGoesOnAndTheDiskLeavesTheNetwork() {
        host.inGuest(
                id,
                "rm -f " + SUM + "; (sleep 1; echo 3 > /proc/sys/vm/drop_caches; sha256sum < " + fill() + " > " + SUM
                        + ".part; mv " + SUM + ".part " + SUM + ") > /dev/null 2>&1 &");
        // Whoever reads from it sees what a kill leaves: nobody answers. That may be the guest's agent as well.
        host.host().streams().close();
        assertThat(state()).isEqualTo(PowerState.RUNNING);
        RealHost next = RealHost.streaming(directory, store);
        host = next;
        next.agent.start();
        store.release();

        RealHost.await("the disk is on a file", () -> streaming().isEmpty());
        RealHost.await("nothing is served any more", () -> HostLayout.list(directory.resolve("compute/nbd"))
                .isEmpty());
        RealHost.await("the guest has read on", () -> host.inGuest(id, "cat " + SUM + " 2>/dev/null || true")
                .contains(expected));
        assertThat(xml()).doesNotContain("network");
        assertThat(host.inGuest(id, "echo 3 > /proc/sys/vm/drop_caches; cat /root/mine; sha256sum < " + fill()))
                .contains("before", expected);
        Domain domain = host.host().hypervisor().domains().find(id).orElseThrow();
        assertThat(domain.disks())
                .containsEntry(ROOT, host.instance(id).disk(ROOT).activeFile());
        assertThat(HostLayout.list(host.instance(id).directory().disk(ROOT)))
                .filteredOn(file -> file.toString().endsWith(".qcow2"))
                .containsExactly(host.instance(id).disk(ROOT).activeFile());
        assertHealthy();
    }

    @Test
    @Order(5)
    void captureAfterwardsReadsWhatTheGuestWroteAlone() {
        UUID capture = UUID.randomUUID();
        CommandResult.Captured captured = (CommandResult.Captured)
                host.handle(new ComputeCommand.CaptureDisks(id, capture, List.of(), Quiesce.REQUIRE, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, capture, Settlement.SEALED));

        CapturedDisk root = CapturedDisk.of(captured, ROOT, memory, scratch);
        assertThat(root.isClean()).isTrue();
        assertThat(root.sha256(fill(), scratch)).isEqualTo(expected);
        assertThat(DiskCaptureContract.transfer(captured, ROOT).sent())
                .as("the record of writes went with the disk")
                .isLessThan(ByteCount.ofMib(20));
        assertHealthy();
    }

    private Set<DeviceName> streaming() {
        return host.host().hypervisor().liveLayers().streaming(id);
    }

    private PowerState state() {
        return host.host().state(host.instance(id));
    }

    private PowerState power(PowerAction action) {
        return ((CommandResult.Observed) host.handle(new ComputeCommand.ChangePower(id, action))).state();
    }

    private String base() {
        return host.instance(id).disk(ROOT).grounds().iterator().next().toString();
    }

    private String xml() {
        return RealHost.tool("virsh", "-c", RealHost.LIBVIRT.toString(), "dumpxml", id.toString());
    }

    private static String fill() {
        return "/fill/000";
    }

    private void assertHealthy() {
        assertThat(host.inGuest(id, "cat /run/probe.state")).contains("failures=0", "memory_failures=0");
        assertThat(host.console(id)).doesNotContain("FAIL");
    }
}
