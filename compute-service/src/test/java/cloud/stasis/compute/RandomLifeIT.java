package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.Expected;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.Part;
import cloud.stasis.model.PortId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.testkit.ReflinkVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A real guest through a random life, beside a model that knows what its memory and its disks must hold and which
/// devices it has. Its agent dies now and then in the middle of a command. The probe in the guest finds any mixture of
/// instants, and after each step the doctor finds nothing. A life that went wrong is told with its seed; it is lived
/// again, or a longer one is, by `./dev soak STEPS SEED`.
class RandomLifeIT {
    private static final Logger LOG = Logger.getLogger(RandomLifeIT.class);
    private static final int STEPS = Integer.parseInt(System.getenv().getOrDefault("STASIS_SOAK_STEPS", "10"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("STASIS_SOAK_SEED", "1"));

    /// A number that the guest has not written.
    private static final int NOTHING = 0;

    /// More than most commands have.
    private static final int MOMENTS = 50;

    private static final DeviceName PLACE = new DeviceName("vdc");
    private static final ByteCount SIZE = ByteCount.ofMib(64);

    private final Random random = new Random(SEED);
    private final Map<SnapshotId, Then> snapshots = new LinkedHashMap<>();
    private final List<String> history = new ArrayList<>();
    private final VolumeId volumeId = VolumeId.random();
    private final NicSpec nic =
            new NicSpec(PortId.random(), TestBridge.NETWORK, MacAddress.random(), Optional.empty(), Link.UP);
    private TestBridge bridge;
    private ReflinkVolume volume;
    private RealHost host;
    private InstanceId id;
    private int written = NOTHING;
    /// What the volume holds while it is nobody's.
    private int away = NOTHING;

    private Holds now = new Holds(NOTHING, NOTHING, OptionalInt.empty(), false);

    /// @param volume what the volume that comes and goes holds, while it is there
    private record Holds(int inMemory, int onDisk, OptionalInt volume, boolean hasNic) {
        Holds afterBoot() {
            return new Holds(NOTHING, onDisk, volume, hasNic);
        }
    }

    /// What a snapshot must bring back.
    private record Then(CommandResult.Captured captured, InstanceSpec spec, Holds holds) {
        boolean hasMemory() {
            return captured.parts().stream().anyMatch(Part.Memory.class::isInstance);
        }

        Holds brought() {
            return hasMemory() ? holds : holds.afterBoot();
        }
    }

    @BeforeEach
    void boot() {
        bridge = TestBridge.withoutAddress();
        volume = ReflinkVolume.make();
        host = RealHost.withMemoryIn(volume.mount(), bridge.bridges());
        id = host.boot(List.of());
        LayeredDisk.createBlank(
                host.host().instances().layout().volume(volumeId),
                host.host().instances().layers(),
                SIZE);
    }

    @AfterEach
    void close() {
        if (host != null) {
            host.close();
        }
        volume.close();
        bridge.close();
    }

    /// As long as whoever asks for many steps waits.
    @Test
    @Timeout(value = 7, unit = TimeUnit.DAYS)
    void whateverWasDoneEachSnapshotBringsBackWhatWas() {
        LOG.infof("A life of %d steps, seed %d", STEPS, SEED);
        for (int step = 0; step < STEPS; step++) {
            try {
                step(step);
                check();
                LOG.infof("Step %d, so far %s", step, history);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + SEED + ", step " + step + " after " + history, e);
            }
        }
        handle(new ComputeCommand.ChangePower(id, PowerAction.STOP));
        assertLayersAreSound();
    }

    /// The first ones so that there is something to go back to.
    private void step(int number) {
        switch (number < 2 ? number : random.nextInt(15)) {
            case 0, 2 -> write();
            case 1, 3 -> snapshot(MemoryChoice.WITH_MEMORY);
            case 4 -> snapshot(MemoryChoice.DISKS_ONLY);
            case 5, 6, 7 -> revert();
            case 8 -> copy();
            case 9 -> discard();
            case 10, 11 -> exchangeVolume();
            case 12 -> exchangeNic();
            case 13 -> stopAndStart();
            case 14 -> suspendAndResume();
            default -> throw new IllegalStateException();
        }
    }

    /// Now and then the agent dies before it is done, and the next one is asked again.
    private CommandResult handle(ComputeCommand command) {
        if (random.nextInt(3) > 0) {
            return host.handle(command);
        }
        int moment = 1 + random.nextInt(MOMENTS);
        AtomicReference<KillSwitch> killSwitch = new AtomicReference<>();
        ComputeAgent mortal = host.seeing(hypervisor -> {
            killSwitch.set(KillSwitch.at(hypervisor, moment));
            return killSwitch.get();
        });
        AtomicReference<Optional<CommandResult>> told = new AtomicReference<>(Optional.empty());
        killSwitch.get().arm();
        if (!isKilled(killSwitch.get(), () -> told.set(Optional.of(mortal.handle(command, new RealHost.Context()))))) {
            return told.get().orElseGet(() -> host.handle(command));
        }
        history.add("death at " + moment);
        host.start();
        return host.handle(command);
    }

    private static boolean isKilled(KillSwitch killSwitch, Runnable action) {
        try {
            return killSwitch.kills(action);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write() {
        history.add("write");
        written++;
        inGuest(
                id,
                "echo " + written + " > /run/which; echo " + written + " > /data/which; "
                        + (now.volume().isPresent() ? "echo " + written + " > /dev/vdc; " : "") + "sync");
        now = new Holds(
                written,
                written,
                now.volume().isPresent() ? OptionalInt.of(written) : OptionalInt.empty(),
                now.hasNic());
    }

    private void snapshot(MemoryChoice memory) {
        history.add("snapshot " + memory);
        SnapshotId snapshot = SnapshotId.random();
        keep(
                snapshot,
                new ComputeCommand.CaptureInstance(id, snapshot, memory, Quiesce.PREFER, RealHost.GRANT),
                spec(),
                now);
    }

    private InstanceSpec spec() {
        return host.instance(id).spec().spec();
    }

    private void keep(SnapshotId snapshot, ComputeCommand command, InstanceSpec spec, Holds holds) {
        Then then = new Then((CommandResult.Captured) handle(command), spec, holds);
        handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        snapshots.put(snapshot, then);
    }

    /// With what is given up kept or not.
    private void revert() {
        SnapshotId to = any();
        Then then = snapshots.get(to);
        Optional<SnapshotId> safety = random.nextBoolean() ? Optional.of(SnapshotId.random()) : Optional.empty();
        history.add("revert" + (then.hasMemory() ? "" : " disks") + (safety.isPresent() ? " safely" : ""));
        InstanceSpec specBefore = spec();
        Holds before = now;
        handle(new ComputeCommand.RevertInstance(
                id,
                to,
                then.spec(),
                then.captured().parts(),
                then.hasMemory() ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY,
                then.hasMemory() && random.nextBoolean() ? AfterRevert.PAUSED : AfterRevert.RUNNING,
                safety,
                RealHost.GRANT));
        now = then.brought();
        if (now.volume().isEmpty()) {
            away = before.volume().orElse(away);
        }
        safety.ifPresent(
                kept -> keep(kept, new ComputeCommand.UploadSnapshot(id, kept, RealHost.GRANT), specBefore, before));
        handle(new ComputeCommand.ChangePower(id, PowerAction.UNPAUSE));
    }

    /// Another machine that goes on from there, looked at and removed.
    private void copy() {
        SnapshotId of = any();
        Then then = snapshots.get(of);
        // Two machines with one address are no use to anybody.
        if (!then.hasMemory() || then.holds().hasNic()) {
            return;
        }
        history.add("clone");
        InstanceId clone = InstanceId.random();
        handle(new ComputeCommand.CloneInstance(
                clone,
                SimulatedHost.cloneSpec(then.spec(), then.captured().parts()),
                id,
                of,
                then.captured().parts(),
                MemoryChoice.WITH_MEMORY,
                ResumeState.RUNNING,
                Identity.KEEP,
                RealHost.GRANT));
        assertHolds(clone, then.holds());
        handle(new ComputeCommand.DeleteInstance(clone));
    }

    /// Whichever it is, the first one or one in between. The bundle stays in the store: it can still be reverted to.
    private void discard() {
        history.add("discard");
        handle(new ComputeCommand.DiscardSnapshot(id, any()));
    }

    private void exchangeVolume() {
        if (now.volume().isPresent()) {
            history.add("detach");
            handle(new ComputeCommand.DetachVolume(id, volumeId));
            away = now.volume().getAsInt();
            now = new Holds(now.inMemory(), now.onDisk(), OptionalInt.empty(), now.hasNic());
        } else {
            history.add("attach");
            handle(new ComputeCommand.AttachVolume(id, new DiskSpec(PLACE, SIZE, new DiskSource.Volume(volumeId))));
            now = new Holds(now.inMemory(), now.onDisk(), OptionalInt.of(away), now.hasNic());
        }
    }

    private void exchangeNic() {
        history.add(now.hasNic() ? "unplug" : "plug");
        handle(now.hasNic() ? new ComputeCommand.DetachNic(id, nic.port()) : new ComputeCommand.AttachNic(id, nic));
        now = new Holds(now.inMemory(), now.onDisk(), now.volume(), !now.hasNic());
    }

    /// While it is off, every layer may be looked into.
    private void stopAndStart() {
        history.add("stop");
        handle(new ComputeCommand.ChangePower(id, PowerAction.STOP));
        assertLayersAreSound();
        assertNothingIsAstray();
        if (random.nextBoolean()) {
            now = now.afterBoot();
            snapshot(MemoryChoice.DISKS_ONLY);
            assertNothingIsAstray();
        }
        history.add("start");
        handle(new ComputeCommand.ChangePower(id, PowerAction.START));
        now = now.afterBoot();
    }

    /// While it is off, too; and it goes on mid-instruction.
    private void suspendAndResume() {
        history.add("suspend");
        handle(new ComputeCommand.ChangePower(id, PowerAction.SUSPEND));
        assertLayersAreSound();
        assertNothingIsAstray();
        if (random.nextBoolean()) {
            snapshot(MemoryChoice.WITH_MEMORY);
            assertNothingIsAstray();
        }
        history.add("resume");
        handle(new ComputeCommand.ChangePower(id, PowerAction.RESUME));
    }

    private SnapshotId any() {
        return List.copyOf(snapshots.keySet()).get(random.nextInt(snapshots.size()));
    }

    private void check() {
        assertHolds(id, now);
        assertNothingIsAstray();
        assertLayersAreSound();
    }

    private void assertHolds(InstanceId instance, Holds holds) {
        RealHost.await("the probe runs", () -> inGuest(instance, "cat /run/probe.state 2>/dev/null || true")
                .contains("counter="));
        RealHost.await("the guest has its devices", () -> inGuest(
                        instance, "ls /dev | grep -c vdc; ls /sys/class/net | grep -c eth; true")
                .lines()
                .toList()
                .equals(List.of(holds.volume().isPresent() ? "1" : "0", holds.hasNic() ? "1" : "0")));
        assertThat(inGuest(
                                instance,
                                "cat /run/which 2>/dev/null || echo 0; cat /data/which 2>/dev/null || echo 0; "
                                        + (holds.volume().isPresent()
                                                ? "head -c 16 /dev/vdc | head -n 1 | tr -d '\\000' | grep . || echo 0"
                                                : "echo 0"))
                        .lines())
                .as("in memory, on disk, on the volume")
                .containsExactly(
                        Integer.toString(holds.inMemory()),
                        Integer.toString(holds.onDisk()),
                        Integer.toString(holds.volume().orElse(NOTHING)));
        assertThat(inGuest(instance, "cat /run/probe.state").lines()).contains("failures=0", "memory_failures=0");
        assertThat(host.console(instance)).doesNotContain("FAIL");
    }

    /// A guest that gets no CPU for seconds does not answer in time, and is asked again; all that it is asked for may
    /// be done twice.
    private String inGuest(InstanceId instance, String command) {
        AtomicReference<String> said = new AtomicReference<>("");
        RealHost.await("the guest answers", () -> {
            try {
                said.set(host.inGuest(instance, command));
                return true;
            } catch (StasisException e) {
                return false;
            }
        });
        return said.get();
    }

    /// Files, records, libvirt and checkpoints agree.
    private void assertNothingIsAstray() {
        Instance instance = host.instance(id);
        assertThat(instance.isAtRest()).isTrue();
        for (LayeredDisk disk : instance.disks().values()) {
            assertThat(disk.strays()).isEmpty();
        }
        instance.ownDisks()
                .forEach(disk -> assertThat(instance.directory().snapshots()).containsAll(disk.holders()));
        assertThat(host.host().hypervisor().domains().list()).hasSize(1);
        PowerState state = host.host().state(instance);
        CommandResult.Examined examined = (CommandResult.Examined) host.handle(new ComputeCommand.Examine(
                InstanceId.random(),
                List.of(new Expected(id, Optional.of(state), List.copyOf(snapshots.keySet()))),
                List.of(),
                Mending.NONE));
        assertThat(examined.findings()).as("what the doctor finds").isEmpty();
    }

    /// All that nobody writes to.
    private void assertLayersAreSound() {
        Instance instance = host.instance(id);
        boolean isOn = host.host().state(instance) == PowerState.RUNNING;
        for (LayeredDisk disk : instance.disks().values()) {
            for (Path layer : HostLayout.list(disk.activeFile().getParent())) {
                if (layer.toString().endsWith(".qcow2") && !(isOn && layer.equals(disk.activeFile()))) {
                    RealHost.tool("qemu-img", "check", "-q", "-U", layer.toString());
                }
            }
        }
    }
}
