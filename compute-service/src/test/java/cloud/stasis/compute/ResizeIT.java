package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real guest that gets another size and its former one again, by taking that back and by a snapshot.
class ResizeIT {
    private static final Size LARGER = new Size(2, ByteCount.ofMib(384), Optional.of(ByteCount.ofMib(1280)));
    private static final String SIZE = "nproc; grep MemTotal /proc/meminfo; blockdev --getsize64 /dev/vda";

    private RealHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = new RealHost();
        id = host.boot(List.of());
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aGuestGrowsAndGetsItsFormerSizeBack() {
        InstanceSpec before = host.instance(id).spec().spec();
        String small = host.inGuest(id, "echo before > /root/witness && sync; " + SIZE);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = (CommandResult.Captured) host.handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));

        SnapshotId kept = resized();
        assertThat(host.inGuest(id, "cat /root/witness; echo after > /root/witness && sync; " + SIZE))
                .contains("before", "2", Long.toString(ByteCount.ofMib(1280).bytes()))
                .doesNotContain(small.substring(small.indexOf("MemTotal"), small.indexOf("kB")));
        host.handle(new ComputeCommand.RevertResize(id, kept));
        assertThat(host.handle(new ComputeCommand.RevertResize(id, kept)))
                .isEqualTo(new CommandResult.Observed(PowerState.STOPPED));
        start();
        assertThat(host.inGuest(id, "cat /root/witness")).contains("before");
        assertThat(host.inGuest(id, SIZE)).isEqualTo(small);
        assertThat(host.instance(id).spec().spec()).isEqualTo(before);

        host.handle(new ComputeCommand.ConfirmResize(id, resized()));
        host.handle(new ComputeCommand.RevertInstance(
                id,
                snapshot,
                before,
                captured.parts(),
                MemoryChoice.WITH_MEMORY,
                AfterRevert.RUNNING,
                Optional.empty(),
                RealHost.GRANT));
        assertThat(host.inGuest(id, SIZE)).isEqualTo(small);
        assertThat(host.inGuest(id, "cat /run/probe.state")).contains("failures=0", "memory_failures=0");
        host.handle(new ComputeCommand.DeleteInstance(id));
    }

    private SnapshotId resized() {
        SnapshotId kept = SnapshotId.random();
        ComputeCommand.ResizeInstance resize = new ComputeCommand.ResizeInstance(id, kept, LARGER);
        host.handle(resize);
        assertThat(host.handle(resize)).isEqualTo(new CommandResult.Observed(PowerState.STOPPED));
        start();
        return kept;
    }

    private void start() {
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.START));
        host.awaitReady(id);
    }
}
