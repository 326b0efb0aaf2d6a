package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.layers.Folds;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Block jobs of QEMU that fold layers of a running guest, and commands that come meanwhile.
class FoldsIT {
    private final ExecutorService folds = Executors.newSingleThreadExecutor();
    private RealHost host;
    private ComputeAgent agent;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = new RealHost();
        id = host.boot(List.of());
        agent = new ComputeAgent(host.id, host.host, (fact, request) -> {}, folds, Folds.Later.NEVER);
    }

    @AfterEach
    void close() {
        folds.shutdownNow();
        host.close();
    }

    @Test
    void commandsGoBeforeFoldsThatAreDoneInTheEndAndChangeNothing() {
        SnapshotId first = snapshot("first").id();
        SnapshotId second = snapshot("second").id();
        Taken third = snapshot("third");
        int deep = depth();

        handle(new ComputeCommand.DiscardSnapshot(id, first));
        handle(new ComputeCommand.DiscardSnapshot(id, second));
        for (int turn = 0; turn < 3; turn++) {
            handle(new ComputeCommand.ChangePower(id, PowerAction.PAUSE));
            handle(new ComputeCommand.ChangePower(id, PowerAction.UNPAUSE));
        }

        RealHost.await("the layers are folded", () -> depth() <= deep - 2);
        assertHealthy();
        assertThat(host.inGuest(id, "cat /data/first | md5sum; cat /data/second | md5sum; cat /data/third | md5sum"))
                .isEqualTo(third.sums());
        handle(new ComputeCommand.RevertInstance(
                id,
                third.id(),
                host.instance(id).spec().spec(),
                third.captured().parts(),
                MemoryChoice.WITH_MEMORY,
                AfterRevert.RUNNING,
                Optional.empty(),
                RealHost.GRANT));
        assertHealthy();
    }

    private record Taken(SnapshotId id, CommandResult.Captured captured, String sums) {}

    private Taken snapshot(String name) {
        host.inGuest(id, "dd if=/dev/urandom of=/data/" + name + " bs=1M count=24 2>/dev/null; sync");
        String sums = host.inGuest(
                id, "for f in first second third; do [ -f /data/$f ] && cat /data/$f | md5sum; done; true");
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = (CommandResult.Captured) handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, RealHost.GRANT));
        handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        return new Taken(snapshot, captured, sums);
    }

    private CommandResult handle(ComputeCommand command) {
        return agent.handle(command, new RealHost.Context());
    }

    private int depth() {
        return host.instance(id).disks().values().stream()
                .mapToInt(disk -> disk.depth())
                .max()
                .orElseThrow();
    }

    private void assertHealthy() {
        RealHost.await("the probe runs", () -> host.inGuest(id, "cat /run/probe.state 2>/dev/null || true")
                .contains("counter="));
        assertThat(host.inGuest(id, "cat /run/probe.state").lines()).contains("failures=0", "memory_failures=0");
        assertThat(host.console(id)).doesNotContain("FAIL");
    }
}
