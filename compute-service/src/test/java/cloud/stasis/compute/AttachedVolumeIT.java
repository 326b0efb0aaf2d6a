package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.Program;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The life of a volume that a real guest has, while it runs.
class AttachedVolumeIT {
    private static final DeviceName PLACE = new DeviceName("vdc");
    private static final long WRITTEN_MIB = 48;
    private static final ByteCount SIZE = ByteCount.ofMib(128);
    /// Tables, and layers of other disks that wait for being folded.
    private static final long SLACK_MIB = 8;

    private final VolumeId volume = VolumeId.random();

    @Test
    void isCutGrownRevertedAndGivesSpaceBackWhileTheGuestRuns() {
        try (RealHost host = new RealHost()) {
            InstanceId id = host.boot(List.of());
            LayeredDisk.createBlank(
                    host.host.instances().layout().volume(volume),
                    host.host.hypervisor().layers(),
                    SIZE);
            host.handle(new ComputeCommand.AttachVolume(id, new DiskSpec(PLACE, SIZE, new DiskSource.Volume(volume))));
            awaitDisk(host, id, SIZE);
            List<SnapshotId> snapshots =
                    Stream.generate(SnapshotId::random).limit(3).toList();
            for (SnapshotId snapshot : snapshots) {
                fill(host, id, snapshots.indexOf(snapshot));
                cut(host, id, snapshot);
            }
            fill(host, id, 3);
            assertThat(occupiedMib(host)).isGreaterThan(4 * WRITTEN_MIB - SLACK_MIB);

            ByteCount larger = ByteCount.ofMib(256);
            host.handle(new ComputeCommand.GrowAttached(id, volume, larger));
            host.handle(new ComputeCommand.GrowAttached(id, volume, larger));
            awaitDisk(host, id, larger);
            assertThat(shows(host, id, 3)).isTrue();
            assertThatThrownBy(() -> host.handle(new ComputeCommand.GrowAttached(id, volume, SIZE)))
                    .isInstanceOf(StasisException.class);

            host.handle(new ComputeCommand.RevertAttached(id, volume, snapshots.get(1)));
            awaitDisk(host, id, larger);
            assertThat(shows(host, id, 1)).isTrue();
            fill(host, id, 4);

            // Two branches stand on that one, so it stays until the one below it goes.
            drop(host, id, snapshots.get(1));
            drop(host, id, snapshots.get(0));
            assertThat(occupiedMib(host)).isLessThan(3 * WRITTEN_MIB + SLACK_MIB);
            assertThat(shows(host, id, 4)).isTrue();
            host.handle(new ComputeCommand.RevertAttached(id, volume, snapshots.get(2)));
            awaitDisk(host, id, larger);
            assertThat(shows(host, id, 2)).isTrue();
            fill(host, id, 5);
            drop(host, id, snapshots.get(2));
            assertThat(occupiedMib(host)).isLessThan(WRITTEN_MIB + SLACK_MIB);
            assertThat(shows(host, id, 5)).isTrue();
            // As if it had been started with the volume.
            host.host
                    .hypervisor()
                    .domains()
                    .define(host.instance(id).machine(), host.instance(id).files());
            host.handle(new ComputeCommand.DetachVolume(id, volume));
            host.host.hypervisor().domains().powerOff(id);
            assertThat(host.host.hypervisor().domains().find(id).orElseThrow().disks())
                    .doesNotContainKey(PLACE);
        }
    }

    private static void fill(RealHost host, InstanceId id, int pattern) {
        host.inGuest(
                id,
                "tr '\\0' '" + letter(pattern) + "' < /dev/zero | dd of=/dev/vdc bs=1M count=" + WRITTEN_MIB
                        + " iflag=fullblock 2>/dev/null; sync; echo 3 > /proc/sys/vm/drop_caches");
    }

    private static boolean shows(RealHost host, InstanceId id, int pattern) {
        String others = host.inGuest(
                id,
                "echo 3 > /proc/sys/vm/drop_caches; dd if=/dev/vdc bs=1M count=" + WRITTEN_MIB
                        + " 2>/dev/null | tr -d '" + letter(pattern) + "' | wc -c");
        return others.strip().equals("0");
    }

    private static char letter(int pattern) {
        return (char) ('a' + pattern);
    }

    private void cut(RealHost host, InstanceId id, SnapshotId snapshot) {
        CommandResult result = host.handle(new ComputeCommand.CutVolumes(
                id, UUID.randomUUID(), List.of(new VolumeCut(volume, snapshot)), Quiesce.REQUIRE));
        assertThat(((CommandResult.Captured) result).receipt().reached()).isEqualTo(Consistency.FILE_SYSTEM);
    }

    private void drop(RealHost host, InstanceId id, SnapshotId snapshot) {
        host.handle(new ComputeCommand.DropCut(id, volume, snapshot));
    }

    private static void awaitDisk(RealHost host, InstanceId id, ByteCount size) {
        RealHost.await("the guest sees the disk with its size", () -> host.inGuest(
                        id, "cat /sys/block/vdc/size 2>/dev/null || echo none")
                .strip()
                .equals(Long.toString(size.bytes() / 512)));
    }

    private long occupiedMib(RealHost host) {
        String said = Program.run(
                Duration.ofSeconds(60),
                List.of(
                        "du",
                        "--summarize",
                        "--block-size=1M",
                        host.host.instances().layout().volume(volume).toString()));
        return Long.parseLong(said.split("\\s")[0]);
    }
}
