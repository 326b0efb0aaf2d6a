package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldRetryTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    @Test
    void foldThatFailedIsDoneLaterThoughNobodyAsksForAnything() {
        Deque<Runnable> later = new ArrayDeque<>();
        try (SimulatedHost host = new SimulatedHost(directory);
                ComputeAgent agent = new ComputeAgent(
                        new HostId("simulated"),
                        host.host,
                        (_, _) -> {},
                        Runnable::run,
                        (_, action) -> later.add(action))) {
            InstanceId id = host.boot();
            SnapshotId dropped = SnapshotId.random();
            SnapshotId kept = SnapshotId.random();
            snapshot(agent, id, dropped);
            CommandResult.Captured captured = snapshot(agent, id, kept);
            int deep = host.instance(id).disk(ROOT).depth();
            host.hypervisor
                    .faults()
                    .fold(Optional.of(new StasisException(ErrorCode.HYPERVISOR_FAILED, "the block job failed")));
            handle(agent, new ComputeCommand.DiscardSnapshot(id, dropped));
            assertThat(host.instance(id).disk(ROOT).depth()).isEqualTo(deep);

            host.hypervisor.faults().fold(Optional.empty());
            later.remove().run();

            assertThat(host.instance(id).disk(ROOT).depth()).isEqualTo(deep - 1);
            assertThat(later).isEmpty();
            host.revert(id, kept, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        }
    }

    private static CommandResult.Captured snapshot(ComputeAgent agent, InstanceId id, SnapshotId snapshot) {
        CommandResult.Captured captured = (CommandResult.Captured) handle(
                agent,
                new ComputeCommand.CaptureInstance(id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, GRANT));
        handle(agent, new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        return captured;
    }

    private static CommandResult handle(ComputeAgent agent, ComputeCommand command) {
        return agent.handle(command, new SimulatedHost.Context());
    }
}
