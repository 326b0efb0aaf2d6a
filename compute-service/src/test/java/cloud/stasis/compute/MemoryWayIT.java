package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.hypervisor.Memories.Keeping;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A receipt tells how the memory came into its file, and not how the host would like it to.
class MemoryWayIT {
    /// The directory of memory is on a file system that cannot share blocks.
    @Test
    void ramThatHadToBeCopiedInThePauseIsNotToldAsShared() {
        try (RealHost host = RealHost.keeping(Keeping.IN_FILES)) {
            assertThat(strategy(host, start(host))).isEqualTo("memory-copied");
        }
    }

    @Test
    void machineGoesOnAsItWasStartedWhateverTheAgentIsToldLater() {
        try (RealHost host = RealHost.keeping(Keeping.IN_SHARED_MEMORY)) {
            InstanceId id = start(host);
            RealHost next = RealHost.after(host, Keeping.IN_FILES);
            next.start();
            try {
                assertThat(strategy(next, id)).isEqualTo("memory-compared");
            } finally {
                next.agent.close();
            }
        }
    }

    /// Whether it has come up by then is nobody's business.
    private static InstanceId start(RealHost host) {
        InstanceId id = InstanceId.random();
        host.handle(new ComputeCommand.BootInstance(
                id, RealHost.spec(DemoGuest.in(host.store), List.of()), RealHost.GRANT));
        return id;
    }

    private static String strategy(RealHost host, InstanceId id) {
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = (CommandResult.Captured) host.handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.NONE, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        return captured.receipt().strategy();
    }
}
