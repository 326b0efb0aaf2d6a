package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.testkit.ReflinkVolume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real guest through a random life, beside a model that knows what its memory and its disk must hold. The
/// probe in the guest finds any mixture of instants. A life that went wrong is told with its seed; it is lived
/// again, or a longer one is, by `./dev soak STEPS SEED`.
class RandomLifeIT {
    private static final int STEPS = Integer.parseInt(System.getenv().getOrDefault("STASIS_SOAK_STEPS", "10"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("STASIS_SOAK_SEED", "1"));

    /// A number that the guest has not written.
    private static final int NOTHING = 0;

    private final Random random = new Random(SEED);
    private final Map<SnapshotId, Expected> snapshots = new LinkedHashMap<>();
    private final List<String> history = new ArrayList<>();
    private ReflinkVolume volume;
    private RealHost host;
    private InstanceId id;
    private int inMemory = NOTHING;
    private int onDisk = NOTHING;
    private int written = NOTHING;

    /// What a snapshot must bring back.
    private record Expected(CommandResult.Captured captured, int inMemory, int onDisk) {
        boolean hasMemory() {
            return captured.parts().stream().anyMatch(Part.Memory.class::isInstance);
        }
    }

    @BeforeEach
    void boot() {
        volume = ReflinkVolume.make();
        host = RealHost.withMemoryIn(volume.mount());
        id = host.boot(List.of());
    }

    @AfterEach
    void close() {
        if (host != null) {
            host.close();
        }
        volume.close();
    }

    @Test
    void whateverWasDoneEachSnapshotBringsBackWhatWas() {
        for (int step = 0; step < STEPS; step++) {
            try {
                step(step);
                check();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + SEED + ", step " + step + " after " + history, e);
            }
        }
        assertNothingIsAstray();
    }

    /// The first ones so that there is something to go back to.
    private void step(int number) {
        switch (number < 2 ? number : random.nextInt(9)) {
            case 0, 2 -> write();
            case 1, 3 -> snapshot(MemoryChoice.WITH_MEMORY);
            case 4 -> snapshot(MemoryChoice.DISKS_ONLY);
            case 5, 6 -> revert();
            case 7 -> copy();
            case 8 -> discard();
            default -> throw new IllegalStateException();
        }
    }

    private void write() {
        history.add("write");
        written++;
        host.inGuest(id, "echo " + written + " > /run/which; echo " + written + " > /data/which; sync");
        inMemory = written;
        onDisk = written;
    }

    private void snapshot(MemoryChoice memory) {
        history.add("snapshot " + memory);
        SnapshotId snapshot = SnapshotId.random();
        keep(snapshot, new ComputeCommand.CaptureInstance(id, snapshot, memory, Quiesce.PREFER, RealHost.GRANT));
    }

    private void keep(SnapshotId snapshot, ComputeCommand command) {
        Expected expected = new Expected((CommandResult.Captured) host.handle(command), inMemory, onDisk);
        host.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        snapshots.put(snapshot, expected);
    }

    /// With what is given up kept or not.
    private void revert() {
        SnapshotId to = any();
        Expected expected = snapshots.get(to);
        Optional<SnapshotId> safety = random.nextBoolean() ? Optional.of(SnapshotId.random()) : Optional.empty();
        history.add("revert" + (expected.hasMemory() ? "" : " disks") + (safety.isPresent() ? " safely" : ""));
        host.handle(new ComputeCommand.RevertInstance(
                id,
                to,
                host.instance(id).spec().spec(),
                expected.captured().parts(),
                expected.hasMemory() ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY,
                expected.hasMemory() && random.nextBoolean() ? AfterRevert.PAUSED : AfterRevert.RUNNING,
                safety,
                RealHost.GRANT));
        safety.ifPresent(kept -> keep(kept, new ComputeCommand.UploadSnapshot(id, kept, RealHost.GRANT)));
        host.handle(new ComputeCommand.ChangePower(id, PowerAction.UNPAUSE));
        inMemory = expected.hasMemory() ? expected.inMemory() : NOTHING;
        onDisk = expected.onDisk();
    }

    /// Another machine that goes on from there, looked at and removed.
    private void copy() {
        SnapshotId of = any();
        Expected expected = snapshots.get(of);
        if (!expected.hasMemory()) {
            return;
        }
        history.add("clone");
        InstanceId clone = InstanceId.random();
        host.handle(new ComputeCommand.CloneInstance(
                clone,
                SimulatedHost.cloneSpec(
                        host.instance(id).spec().spec(), expected.captured().parts()),
                id,
                of,
                expected.captured().parts(),
                MemoryChoice.WITH_MEMORY,
                ResumeState.RUNNING,
                Identity.KEEP,
                RealHost.GRANT));
        assertHolds(clone, expected.inMemory(), expected.onDisk());
        host.handle(new ComputeCommand.DeleteInstance(clone));
    }

    /// The bundle stays in the store: it can still be reverted to.
    private void discard() {
        history.add("discard");
        host.handle(new ComputeCommand.DiscardSnapshot(id, any()));
    }

    private SnapshotId any() {
        return List.copyOf(snapshots.keySet()).get(random.nextInt(snapshots.size()));
    }

    private void check() {
        assertHolds(id, inMemory, onDisk);
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
    }

    private void assertHolds(InstanceId instance, int memory, int disk) {
        RealHost.await("the probe runs", Duration.ofSeconds(90), () -> host.inGuest(
                        instance, "cat /run/probe.state 2>/dev/null || true")
                .contains("counter="));
        assertThat(host.inGuest(instance, "cat /run/which 2>/dev/null || echo 0; cat /data/which 2>/dev/null || echo 0")
                        .lines())
                .as("in memory, on disk")
                .containsExactly(Integer.toString(memory), Integer.toString(disk));
        assertThat(host.inGuest(instance, "cat /run/probe.state").lines()).contains("failures=0", "memory_failures=0");
        assertThat(host.console(instance)).doesNotContain("FAIL");
    }

    /// Files, records and checkpoints agree, and every layer is sound.
    private void assertNothingIsAstray() {
        for (LayeredDisk disk : host.instance(id).disks().values()) {
            assertThat(disk.strays()).isEmpty();
            assertThat(disk.prepared()).isEmpty();
            assertThat(host.instance(id).directory().snapshots()).containsAll(disk.holders());
            RealHost.tool("qemu-img", "check", "-q", "-U", disk.activeFile().toString());
        }
        assertThat(host.instance(id).lineage().checkpoints())
                .containsAll(host.host().hypervisor().history().checkpoints(id));
        assertThat(host.host().hypervisor().domains().list()).hasSize(1);
    }
}
