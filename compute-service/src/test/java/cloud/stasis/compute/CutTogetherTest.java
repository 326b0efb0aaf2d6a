package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.compute.hypervisor.simulated.Faults;
import cloud.stasis.compute.watchdog.TimerWatchdog;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.CommandResult.MemberInstant;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.Hold;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutTogetherTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    @TempDir(factory = FastDirectory.class)
    Path other;

    private SimulatedHost host;
    private InstanceId web;
    private InstanceId db;

    @BeforeEach
    void boot() {
        host = SimulatedHost.withRamInFiles(directory);
        web = host.boot();
        db = host.boot();
        put(web, 1);
        put(db, 2);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void allStandStillAtOnceAndEachIsRevertedToByItself() {
        Map<InstanceId, SnapshotId> snapshots = named(web, db);

        CommandResult.CutTogether cut = together(host, snapshots, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, Hold.NONE);

        assertOverlap(cut.instants());
        assertThat(cut.skew()).isPositive().isLessThan(Duration.ofSeconds(10));
        assertThat(cut.instants()).extracting(MemberInstant::instance).containsExactly(web, db);
        assertThat(cut.instants())
                .allSatisfy(of -> assertThat(of.receipt().reached()).isEqualTo(Consistency.MEMORY));
        put(web, 8);
        put(db, 9);
        CommandResult.Captured webCaptured = host.keep(web, snapshots.get(web));
        CommandResult.Captured dbCaptured = host.keep(db, snapshots.get(db));
        host.revert(web, snapshots.get(web), webCaptured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertHolds(web, 1);
        assertHolds(db, 9);
        host.revert(db, snapshots.get(db), dbCaptured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertHolds(db, 2);
    }

    @Test
    void disksAloneAreFrozenAndMachinesThatAreOffBelongToIt() {
        host.power(db, PowerAction.STOP);
        InstanceId paused = host.boot();
        put(paused, 3);
        host.power(paused, PowerAction.PAUSE);
        Map<InstanceId, SnapshotId> snapshots = named(web, db, paused);

        CommandResult.CutTogether cut = together(host, snapshots, MemoryChoice.DISKS_ONLY, Quiesce.PREFER, Hold.NONE);

        assertThat(cut.instants())
                .extracting(of -> of.receipt().reached())
                .containsExactly(Consistency.FILE_SYSTEM, Consistency.OFFLINE, Consistency.CRASH);
        assertThat(cut.instants().getFirst().receipt().freeze().orElseThrow().fileSystems())
                .hasSize(2)
                .allSatisfy(of -> assertThat(of.frozen()).isPositive());
        assertThat(host.guest(web).isFrozen()).isFalse();
        assertThat(host.state(web)).isEqualTo(PowerState.RUNNING);
        assertThat(host.state(paused)).isEqualTo(PowerState.PAUSED);
        put(web, 9);
        CommandResult.Captured captured = host.keep(web, snapshots.get(web));
        assertThat(captured.receipt().reached()).isEqualTo(Consistency.FILE_SYSTEM);
        assertThat(captured.receipt().freeze()).isPresent();
        assertThat(host.disk(captured, ROOT)[0]).isEqualTo((byte) 1);
        assertThat(host.disk(host.keep(paused, snapshots.get(paused)), DATA)[0]).isEqualTo((byte) 3);
        assertThat(host.disk(host.keep(db, snapshots.get(db)), DATA)[0]).isEqualTo((byte) 2);
        assertThat(host.disk(host.captureSealed(web), ROOT))
                .isEqualTo(host.guest(web).read(ROOT, 0, (int) SimulatedHost.SIZE.bytes()));
    }

    @Test
    void ifOneCannotBeCutNothingIsLeftOfAnyAndAllGoOn() {
        host.hypervisor.faults().cut(Optional.of(new StasisException(ErrorCode.NO_SPACE, "the host's disk is full")));

        assertRefused(
                ErrorCode.NO_SPACE,
                () -> together(host, named(web, db), MemoryChoice.WITH_MEMORY, Quiesce.PREFER, Hold.NONE));
        host.hypervisor.faults().agent(Faults.Agent.ABSENT);
        assertRefused(
                ErrorCode.QUIESCE_REQUIRED,
                () -> together(host, named(web, db), MemoryChoice.DISKS_ONLY, Quiesce.REQUIRE, Hold.NONE));

        for (InstanceId id : List.of(web, db)) {
            assertUntouched(host, id);
        }
        assertHolds(web, 1);
        assertHolds(db, 2);
    }

    @Test
    void volumesOfSeveralServersAreOfOneInstant() {
        VolumeId first = host.volume();
        VolumeId second = host.volume();
        InstanceId one = host.boot(with(first));
        InstanceId two = host.boot(with(second));
        put(one, 5);
        put(two, 6);
        SnapshotId ofFirst = SnapshotId.random();
        SnapshotId ofSecond = SnapshotId.random();

        CommandResult.CutTogether cut = (CommandResult.CutTogether) host.handle(new ComputeCommand.CutTogether(
                one,
                UUID.randomUUID(),
                List.of(
                        new Cut.SomeVolumes(one, List.of(new VolumeCut(first, ofFirst))),
                        new Cut.SomeVolumes(two, List.of(new VolumeCut(second, ofSecond)))),
                Quiesce.PREFER,
                Hold.NONE));

        assertOverlap(cut.instants());
        put(one, 7);
        assertThat(frozen(first, ofFirst)).isEqualTo((byte) 5);
        assertThat(frozen(second, ofSecond)).isEqualTo((byte) 6);
        host.handle(new ComputeCommand.DropCut(one, first, ofFirst));
        assertThat(LayeredDisk.open(host.host.instances().layout().volume(first), host.hypervisor.layers())
                        .holders())
                .isEmpty();
    }

    @Test
    void machinesOfSeveralHostsStandStillUntilAllAreCut() {
        try (SimulatedHost away = new SimulatedHost(other)) {
            InstanceId far = away.boot();
            UUID name = UUID.randomUUID();
            List<Cut> here = cuts(named(web, db), MemoryChoice.WITH_MEMORY);
            List<Cut> there = cuts(named(far), MemoryChoice.WITH_MEMORY);

            host.handle(new ComputeCommand.CutTogether(web, name, here, Quiesce.PREFER, Hold.UNTIL_RELEASED));
            assertThat(host.hypervisor.domains().find(web).orElseThrow().state())
                    .isEqualTo(PowerState.PAUSED);
            away.handle(new ComputeCommand.CutTogether(far, name, there, Quiesce.PREFER, Hold.UNTIL_RELEASED));
            CommandResult.CutTogether first = (CommandResult.CutTogether)
                    host.handle(new ComputeCommand.ReleaseTogether(web, name, here, Settlement.SEALED));
            CommandResult.CutTogether second = (CommandResult.CutTogether)
                    away.handle(new ComputeCommand.ReleaseTogether(far, name, there, Settlement.SEALED));

            assertOverlap(java.util.stream.Stream.concat(first.instants().stream(), second.instants().stream())
                    .toList());
            assertThat(host.state(db)).isEqualTo(PowerState.RUNNING);
            assertThat(away.state(far)).isEqualTo(PowerState.RUNNING);
        }
    }

    @Test
    void holdThatIsGivenUpOrLosesItsAgentLeavesNothing() {
        UUID name = UUID.randomUUID();
        List<Cut> cuts = cuts(named(web, db), MemoryChoice.DISKS_ONLY);
        ComputeCommand hold = new ComputeCommand.CutTogether(web, name, cuts, Quiesce.PREFER, Hold.UNTIL_RELEASED);
        ComputeCommand release = new ComputeCommand.ReleaseTogether(web, name, cuts, Settlement.SEALED);

        host.handle(hold);
        assertThat(host.guest(db).isFrozen()).isTrue();
        host.handle(new ComputeCommand.ReleaseTogether(web, name, cuts, Settlement.ABANDONED));
        assertUntouched(host, web);
        assertRefused(ErrorCode.GUEST_REFUSED, () -> host.handle(release));

        host.handle(hold);
        host.power(db, PowerAction.REBOOT_HARD);
        assertRefused(ErrorCode.GUEST_REFUSED, () -> host.handle(release));
        assertUntouched(host, web);

        host.handle(hold);
        // The former agent is not closed: it hangs, and its watchdog is gone.
        SimulatedHost next = new SimulatedHost(
                directory, host.store, host.hypervisor, host.hypervisor, new TimerWatchdog(host.hypervisor));
        assertThat(next.state(web)).isEqualTo(PowerState.RUNNING);
        assertThat(next.guest(web).isFrozen()).isFalse();
        assertRefused(ErrorCode.GUEST_REFUSED, () -> next.handle(release));
        assertThat(next.instance(web).directory().snapshots()).isEmpty();
        assertThat(next.instance(web).lineage().pending()).isEmpty();
        next.close();
    }

    private static CommandResult.CutTogether together(
            SimulatedHost host,
            Map<InstanceId, SnapshotId> snapshots,
            MemoryChoice memory,
            Quiesce quiesce,
            Hold hold) {
        return (CommandResult.CutTogether) host.handle(new ComputeCommand.CutTogether(
                snapshots.keySet().iterator().next(), UUID.randomUUID(), cuts(snapshots, memory), quiesce, hold));
    }

    private static List<Cut> cuts(Map<InstanceId, SnapshotId> snapshots, MemoryChoice memory) {
        return snapshots.entrySet().stream()
                .<Cut>map(of -> new Cut.WholeInstance(of.getKey(), of.getValue(), memory))
                .toList();
    }

    private static Map<InstanceId, SnapshotId> named(InstanceId... ids) {
        Map<InstanceId, SnapshotId> named = new LinkedHashMap<>();
        for (InstanceId id : ids) {
            named.put(id, SnapshotId.random());
        }
        return named;
    }

    /// The last one had stood still before the first one went on.
    static void assertOverlap(List<MemberInstant> instants) {
        Instant last = instants.stream()
                .map(MemberInstant::at)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        assertThat(instants)
                .allSatisfy(
                        of -> assertThat(of.at().plus(of.receipt().paused())).isAfterOrEqualTo(last));
    }

    private static void assertUntouched(SimulatedHost host, InstanceId id) {
        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
        assertThat(host.guest(id).isFrozen()).isFalse();
        assertThat(host.instance(id).directory().snapshots()).isEmpty();
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
        assertThat(host.instance(id).lineage().pending()).isEmpty();
        host.instance(id).disks().values().forEach(disk -> {
            assertThat(disk.holders()).isEmpty();
            assertThat(disk.prepared()).isEmpty();
        });
    }

    private InstanceSpec with(VolumeId volume) {
        InstanceSpec plain = host.spec();
        return new InstanceSpec(
                "with volume",
                plain.vcpus(),
                plain.memory(),
                plain.boot(),
                List.of(
                        plain.disks().getFirst(),
                        new DiskSpec(DATA, SimulatedHost.SIZE, new DiskSource.Volume(volume))));
    }

    private byte frozen(VolumeId volume, SnapshotId snapshot) {
        LayeredDisk disk = LayeredDisk.open(host.host.instances().layout().volume(volume), host.hypervisor.layers());
        try (var reader = disk.read(disk.heldBy(snapshot).orElseThrow())) {
            java.nio.ByteBuffer first = java.nio.ByteBuffer.allocate(1);
            reader.read(0, first);
            return first.get(0);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void put(InstanceId id, int number) {
        byte[] bytes = {(byte) number};
        host.guest(id).poke(0, bytes);
        host.guest(id).write(ROOT, 0, bytes);
        host.guest(id).write(DATA, 0, bytes);
    }

    private void assertHolds(InstanceId id, int number) {
        assertThat(host.guest(id).memory()[0]).isEqualTo((byte) number);
        assertThat(host.guest(id).read(ROOT, 0, 1)[0]).isEqualTo((byte) number);
        assertThat(host.guest(id).read(DATA, 0, 1)[0]).isEqualTo((byte) number);
    }

    private static void assertRefused(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
