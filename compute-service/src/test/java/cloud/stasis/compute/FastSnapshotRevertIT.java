package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.testkit.ReflinkVolume;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// With the RAM in a file that shares its blocks with the snapshots.
class FastSnapshotRevertIT extends SnapshotRevertContract {
    private ReflinkVolume volume;

    @Override
    protected RealHost makeHost() {
        volume = ReflinkVolume.make();
        return RealHost.withMemoryIn(volume.mount());
    }

    @AfterAll
    void unmount() {
        if (volume != null) {
            volume.close();
        }
    }

    /// The firmware is not part of the snapshot: that of the new process has to be whole.
    @Test
    @Order(50)
    void revertedGuestReboots() {
        revert(first, firstCaptured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        host.inGuest(id, "touch /run/before-reboot; (sleep 1; reboot -f) < /dev/null > /dev/null 2>&1 &");
        RealHost.await("the guest goes down", () -> !GuestShell.answers(id));
        host.awaitAgent(id);

        assertThat(host.inGuest(id, "ls /run")).doesNotContain("before-reboot");
        RealHost.await("the probe runs", () -> host.inGuest(id, "cat /run/probe.state || true")
                .contains("counter"));
        assertHealthy();
    }

    /// Between the two it was reverted three times, a file was written and the probe went on: 32 MB were sent for the
    /// first one, and 1.3 MB for the second.
    @Test
    @Order(30)
    void aSecondSnapshotOfAnIdleGuestStoresNextToNothing() {
        long once = ofMemory(firstCaptured).sent().bytes();

        assertThat(once).isGreaterThan(ByteCount.ofMib(10).bytes());
        assertThat(ofMemory(secondCaptured).sent().bytes()).isLessThan(once / 8);
    }

    /// After reverts, too: a RAM that was put back is as sparse as the one that was frozen.
    @Test
    @Order(31)
    void whatTheGuestNeverUsedIsNotRead() {
        ByteCount ram = host.instance(id).machine().memory();

        for (CommandResult.Captured captured : List.of(firstCaptured, secondCaptured)) {
            assertThat(ofMemory(captured).read().bytes()).isLessThan(ram.bytes() * 9 / 10);
        }
    }

    /// Here only, since the way of the memory does not matter to what is without it.
    @Test
    @Order(4)
    void disksAloneBootFromTheSameInstant() {
        revert(first, firstCaptured, MemoryChoice.DISKS_ONLY, AfterRevert.RUNNING);
        host.awaitAgent(id);
        RealHost.await("the probe runs", () -> probe().containsKey("boot_root"));

        assertThat(Long.parseLong(probe().get("boot_root"))).isBetween(1L, firstCounter + 200);
        assertThat(host.inGuest(id, "ls /root")).contains("witness");
        assertHealthy();
    }

    /// Here only: nor does it to layers.
    @Test
    @Order(90)
    void layersOfDeletedSnapshotsAreFoldedWhileTheGuestWrites() {
        SnapshotId[] taken = new SnapshotId[4];
        CommandResult.Captured[] captured = new CommandResult.Captured[4];
        for (int at = 0; at < taken.length; at++) {
            host.inGuest(
                    id,
                    "dd if=/dev/urandom of=/root/fold bs=1M count=8 2>/dev/null; echo " + at + " > /run/which; sync");
            taken[at] = SnapshotId.random();
            captured[at] = snapshot(taken[at]);
        }
        int before = host.instance(id).disk(DeviceName.virtio(0)).depth();

        host.handle(new ComputeCommand.DiscardSnapshot(id, taken[1]));
        host.handle(new ComputeCommand.DiscardSnapshot(id, taken[0]));

        assertThat(host.instance(id).disk(DeviceName.virtio(0)).depth()).isEqualTo(before - 2);
        assertHealthy();
        for (LayeredDisk disk : host.instance(id).disks().values()) {
            Path shown = disk.file(disk.heldBy(taken[2]).orElseThrow());
            RealHost.tool("qemu-img", "check", "-q", "-U", shown.toString());
        }
        for (int at : new int[] {2, 3, 0}) {
            revert(taken[at], captured[at], MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
            assertThat(host.inGuest(id, "cat /run/which")).isEqualToIgnoringWhitespace(Integer.toString(at));
            assertHealthy();
        }
    }

    private static Receipt.Transfer ofMemory(CommandResult.Captured captured) {
        return captured.receipt().transfers().stream()
                .filter(transfer -> transfer.part().equals("memory"))
                .findFirst()
                .orElseThrow();
    }

    /// Two machines that share their past, and nothing that comes after.
    @Test
    @Order(40)
    void cloneGoesOnMidInstructionBesideItsOrigin() {
        InstanceId clone = InstanceId.random();
        host.inGuest(id, "rm -f /root/witness; sync");

        host.handle(new ComputeCommand.CloneInstance(
                clone,
                SimulatedHost.cloneSpec(host.instance(id).spec().spec(), firstCaptured.parts()),
                id,
                first,
                firstCaptured.parts(),
                MemoryChoice.WITH_MEMORY,
                ComputeCommand.ResumeState.RUNNING,
                ComputeCommand.Identity.KEEP,
                RealHost.GRANT));

        assertThat(host.inGuest(clone, "ls /root")).contains("witness");
        assertThat(host.inGuest(id, "ls /root")).doesNotContain("witness");
        assertHealthy(clone);
        assertHealthy();
        host.handle(new ComputeCommand.DeleteInstance(clone));
        assertHealthy();
    }

    @Override
    protected String strategy() {
        return "memory-fast";
    }
}
