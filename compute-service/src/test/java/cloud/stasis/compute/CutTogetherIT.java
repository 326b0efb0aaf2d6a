package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.Hold;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.testkit.ReflinkVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Two real guests at one instant.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutTogetherIT {
    private ReflinkVolume volume;
    private RealHost host;
    private List<InstanceId> ids;

    @BeforeAll
    void boot() {
        volume = ReflinkVolume.make();
        host = RealHost.withMemoryIn(volume.mount());
        ids = List.of(host.boot(List.of()), host.boot(List.of()));
    }

    @AfterAll
    void close() {
        if (host != null) {
            host.close();
        }
        volume.close();
    }

    @Test
    void withMemoryBothStandStillAtOnceAndBothGoBackThere() {
        ids.forEach(id -> host.inGuest(id, "echo then > /run/which; echo then > /data/which; sync"));
        List<SnapshotId> snapshots = List.of(SnapshotId.random(), SnapshotId.random());

        CommandResult.CutTogether cut = cut(snapshots, MemoryChoice.WITH_MEMORY, Quiesce.PREFER);

        CutTogetherTest.assertOverlap(cut.instants());
        assertThat(cut.instants()).allSatisfy(of -> {
            assertThat(of.receipt().reached()).isEqualTo(Consistency.MEMORY);
            assertThat(of.receipt().strategy()).isEqualTo("memory-fast");
        });
        assertThat(cut.skew()).isPositive();
        List<CommandResult.Captured> captured = kept(snapshots);
        ids.forEach(id -> host.inGuest(id, "echo now > /run/which; echo now > /data/which; sync"));
        for (int at = 0; at < 2; at++) {
            host.handle(new ComputeCommand.RevertInstance(
                    ids.get(at),
                    snapshots.get(at),
                    host.instance(ids.get(at)).spec().spec(),
                    captured.get(at).parts(),
                    MemoryChoice.WITH_MEMORY,
                    AfterRevert.RUNNING,
                    Optional.empty(),
                    RealHost.GRANT));
            assertHealthy(ids.get(at));
            assertThat(host.inGuest(ids.get(at), "cat /run/which /data/which")).isEqualTo("then\nthen\n");
        }
    }

    @Test
    void withoutMemoryBothAreFrozenFileSystemByFileSystemAndThawed() {
        List<SnapshotId> snapshots = List.of(SnapshotId.random(), SnapshotId.random());

        CommandResult.CutTogether cut = cut(snapshots, MemoryChoice.DISKS_ONLY, Quiesce.REQUIRE);

        CutTogetherTest.assertOverlap(cut.instants());
        assertThat(cut.instants()).allSatisfy(of -> {
            assertThat(of.receipt().reached()).isEqualTo(Consistency.FILE_SYSTEM);
            assertThat(of.receipt().freeze().orElseThrow().fileSystems())
                    .extracting(fileSystem -> fileSystem.mountpoint() + " " + fileSystem.type())
                    .contains("/ ext4", "/data ext4");
        });
        ids.forEach(id -> {
            host.inGuest(id, "echo thawed > /data/thawed; sync");
            assertHealthy(id);
        });
        assertThat(kept(snapshots))
                .allSatisfy(captured -> assertThat(captured.receipt().freeze()).isPresent());
    }

    private CommandResult.CutTogether cut(List<SnapshotId> snapshots, MemoryChoice memory, Quiesce quiesce) {
        return (CommandResult.CutTogether) host.handle(new ComputeCommand.CutTogether(
                ids.getFirst(),
                UUID.randomUUID(),
                List.of(
                        new Cut.WholeInstance(ids.getFirst(), snapshots.getFirst(), memory),
                        new Cut.WholeInstance(ids.getLast(), snapshots.getLast(), memory)),
                quiesce,
                Hold.NONE));
    }

    private List<CommandResult.Captured> kept(List<SnapshotId> snapshots) {
        List<CommandResult.Captured> captured = new ArrayList<>();
        for (int at = 0; at < 2; at++) {
            captured.add((CommandResult.Captured)
                    host.handle(new ComputeCommand.UploadSnapshot(ids.get(at), snapshots.get(at), RealHost.GRANT)));
            host.handle(new ComputeCommand.SettleCapture(
                    ids.get(at), snapshots.get(at).value(), Settlement.SEALED));
        }
        return captured;
    }

    private void assertHealthy(InstanceId id) {
        RealHost.await("the probe runs", () -> host.inGuest(id, "cat /run/probe.state 2>/dev/null || true")
                .contains("counter="));
        assertThat(host.inGuest(id, "cat /run/probe.state").lines()).contains("failures=0", "memory_failures=0");
        assertThat(host.console(id)).doesNotContain("FAIL");
    }
}
