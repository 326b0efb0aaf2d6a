package cloud.stasis.compute.capture;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.capture.Meeting.Stage;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.Memories.Way;
import cloud.stasis.compute.instance.DiskPoint;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.instance.SnapshotRecord.FrozenDisk;
import cloud.stasis.compute.watchdog.Watchdog.Rescue;
import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.disks.Extents;
import cloud.stasis.disks.FileStamp;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/// Cuts memory and disks of a machine that is on, at one instant.
///
/// ```
///  before    prepare a layer for each disk; forget every checkpoint, so that no layer is frozen with one inside;
///            write what is dirty of the memory, if it is in a file, or copy most of it, if it can be read
///  paused    memory to a file, disks to the prepared layers; a fresh checkpoint on those
///  after     layers committed, the frozen ones held; known points, whose checkpoint is the fresh one; meta.json
/// ```
///
/// From `meta.json` on the snapshot exists here. Before that, a failure or a crash ends in [#recover]: where
/// the machine writes decides whether a prepared layer is taken over or dropped, and nothing of the snapshot is
/// kept.
public final class MemoryCut {
    private static final Logger LOG = Logger.getLogger(MemoryCut.class);

    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    /// Extents that a known point may carry.
    private static final int MAX_EXTENTS = 4096;

    private final Host host;

    public MemoryCut(Host host) {
        this.host = host;
    }

    /// @param state running or paused; it is the same afterwards
    SnapshotRecord cut(Instance instance, PowerState state, SnapshotId snapshot) {
        return cut(
                instance,
                state,
                snapshot,
                Meeting.alone(host.limits().pauseFor(instance.machine().memory())));
    }

    /// @param meeting of those that are cut at the same instant
    SnapshotRecord cut(Instance instance, PowerState state, SnapshotId snapshot, Meeting meeting) {
        SnapshotDirectory directory = instance.directory().snapshot(snapshot);
        host.requireRoomForMemory(instance);
        directory.make();
        Map<DeviceName, Path> prepared = prepare(host, instance);
        String xml = host.hypervisor().domains().describe(instance.id());
        forgetAll(host, instance);

        WatchdogHandle guard = host.watchdog().handle();
        ResumeState after = state == PowerState.RUNNING ? ResumeState.RUNNING : ResumeState.PAUSED;
        Intent.Cutting intent = new Intent.Cutting(snapshot, after, guard);
        instance.begin(intent);
        try {
            host.hypervisor().memories().prepareCut(instance.id(), directory.memory());
            meeting.arrive(Stage.READY);
            meeting.arrive(Stage.FROZEN);
            AtomicReference<Way> way = new AtomicReference<>();
            Paused paused = whilePaused(
                    host,
                    instance,
                    intent,
                    prepared.keySet(),
                    meeting,
                    () -> way.set(host.hypervisor().memories().cut(instance.id(), directory.memory(), prepared)));
            requireInTime(paused);
            SnapshotRecord cut = record(instance, snapshot, paused, xml, state, Objects.requireNonNull(way.get()));
            HostFiles.sync(directory.memory());
            directory.meta().write(cut);
            instance.end();
            LOG.infof(
                    "Cut memory and disks instanceId=%s snapshotId=%s pausedMillis=%d memoryBytes=%d",
                    instance.id(),
                    snapshot,
                    paused.held().toMillis(),
                    cut.memory().map(FileStamp::size).orElseThrow().bytes());
            return cut;
        } catch (RuntimeException | Error e) {
            recover(instance, intent, e);
            throw e;
        } finally {
            host.hypervisor().memories().endCut(instance.id());
        }
    }

    /// A machine that went on in the middle has its devices, its RAM and its disks of different instants.
    private static void requireInTime(Paused paused) {
        if (paused.marked().isEmpty()) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_UNAVAILABLE,
                    "the deadline let the machine go on before its memory and its disks were cut: nothing is kept of"
                            + " it, try again when the host is less busy");
        }
    }

    /// What a cut that failed left is settled before, since it may be written to.
    static Map<DeviceName, Path> prepare(Host host, Instance instance) {
        settlePrepared(host, instance, host.hypervisor().domains().find(instance.id()));
        Map<DeviceName, Path> prepared = new TreeMap<>();
        instance.disks().forEach((target, disk) -> prepared.put(target, disk.file(disk.prepare())));
        return prepared;
    }

    static void forgetAll(Host host, Instance instance) {
        Lineage lineage = instance.lineage();
        Lineage empty = lineage.without(lineage.checkpoints());
        instance.store(empty);
        host.forgetUnneeded(instance, empty);
    }

    /// @param marked empty if the machine may have run before the checkpoint was set
    /// @param machine with what its devices kept at the instant
    record Paused(Instant at, Duration held, Optional<CheckpointName> marked, Machine machine) {}

    /// @param cut lets the disks go on in other layers, with whatever else belongs to the instant
    static Paused whilePaused(
            Host host, Instance instance, Intent.Cutting intent, Set<DeviceName> disks, Meeting meeting, Runnable cut) {
        CheckpointName fresh = CheckpointName.fresh();
        boolean runs = intent.state() == ResumeState.RUNNING;
        if (runs) {
            host.watchdog().guard(intent.watchdog(), instance.id(), Rescue.RESUME, meeting.deadline());
        }
        long before = System.nanoTime();
        if (runs) {
            host.hypervisor().domains().pause(instance.id());
        }
        Instant at = host.clock().instant();
        if (runs) {
            meeting.standsStill();
        }
        meeting.arrive(Stage.PAUSED);
        cut.run();
        Machine machine = instance.archived();
        meeting.arrive(Stage.CUT);
        meeting.arrive(Stage.RELEASED);
        host.hypervisor().history().mark(instance.id(), fresh, disks);
        boolean inTime = true;
        if (runs) {
            inTime = host.watchdog().cancel(intent.watchdog());
            host.hypervisor().domains().resume(instance.id());
        }
        if (!inTime && meeting.isShared()) {
            throw new StasisException(
                    ErrorCode.GUEST_REFUSED, "the deadline let a machine go on before all others were cut: try again");
        }
        Duration held = runs ? Duration.ofNanos(System.nanoTime() - before) : Duration.ZERO;
        return new Paused(at, held, inTime ? Optional.of(fresh) : Optional.empty(), host.seen(machine));
    }

    private SnapshotRecord record(
            Instance instance, SnapshotId snapshot, Paused paused, String xml, PowerState state, Way way) {
        return new SnapshotRecord(
                paused.machine(),
                paused.at(),
                Consistency.MEMORY,
                paused.held(),
                FileStamp.of(instance.directory().snapshot(snapshot).memory()),
                hold(instance, snapshot, paused),
                xml,
                Optional.empty(),
                Optional.of(state),
                Optional.of(way));
    }

    /// The layers that were frozen belong to the snapshot from now on, and its capture is pending.
    static List<FrozenDisk> hold(Instance instance, SnapshotId snapshot, Paused paused) {
        SortedMap<DeviceName, LayerNumber> frozen = new TreeMap<>();
        instance.disks().forEach((target, disk) -> {
            LayerNumber layer = disk.active();
            disk.hold(layer, snapshot);
            disk.commit(LayeredDisk.Use.BEING_WRITTEN);
            frozen.put(target, layer);
        });
        Lineage lineage = instance.lineage();
        List<DiskPoint> points = new ArrayList<>();
        paused.marked()
                .ifPresent(checkpoint -> frozen.forEach((target, layer) ->
                        points.add(point(target, instance.disk(target), layer, lineage.next(), checkpoint))));
        instance.store(lineage.cut(snapshot.value(), pieces(frozen), points));
        return frozen.entrySet().stream()
                .map(entry -> new FrozenDisk(entry.getKey(), entry.getValue().value()))
                .toList();
    }

    static List<Piece> pieces(SortedMap<DeviceName, LayerNumber> frozen) {
        return frozen.entrySet().stream()
                .<Piece>map(entry ->
                        new Piece.InLayer(entry.getKey(), entry.getValue().value(), Optional.empty()))
                .toList();
    }

    /// The new layer was empty at the instant, so the disk differs from what is known below by the frozen
    /// layers, until the frozen one is known itself.
    static DiskPoint point(
            DeviceName target, LayeredDisk disk, LayerNumber frozen, long order, CheckpointName checkpoint) {
        LayeredDisk.Known known = disk.known(frozen);
        if (known.layers() == 0) {
            return new DiskPoint(target, order, checkpoint, known.content(), List.of());
        }
        try (LayerReader reader = disk.read(frozen)) {
            List<Extent> before = Extents.coarse(reader.allocatedIn(known.layers()), MAX_EXTENTS);
            return new DiskPoint(target, order, checkpoint, known.content(), before);
        }
    }

    /// The same after a failure, which is what is told. If nobody answers, the next command ends the cut, and the
    /// watchdog lets the machine go on at once.
    void recover(Instance instance, Intent.Cutting intent, Throwable failure) {
        try {
            recover(instance, intent);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            LOG.errorf(e, "A cut is left to the next command instanceId=%s", instance.id());
            if (intent.state() == ResumeState.RUNNING) {
                host.watchdog().cancel(intent.watchdog());
                host.watchdog().guard(intent.watchdog(), instance.id(), Rescue.RESUME, AT_ONCE);
            }
        }
    }

    /// Ends a cut that did not get as far as `meta.json`. Repeatable.
    public void recover(Instance instance, Intent.Cutting intent) {
        Optional<Domain> domain = host.hypervisor().domains().find(instance.id());
        SnapshotDirectory directory = instance.directory().snapshot(intent.snapshot());
        if (directory.meta().read().isPresent()) {
            instance.end();
            return;
        }
        boolean stuck = domain.isPresent() && domain.get().state() == PowerState.PAUSED;
        if (stuck && intent.state() == ResumeState.RUNNING) {
            host.hypervisor().domains().resume(instance.id());
        }
        host.watchdog().cancel(intent.watchdog());
        instance.disks().values().forEach(disk -> disk.release(intent.snapshot()));
        settlePrepared(host, instance, domain);
        directory.delete();
        instance.end();
    }

    /// Prepared layers are taken over where the machine writes to them, and dropped where it does not.
    ///
    /// @throws StasisException `WRONG_STATE` if something writes to one and the hypervisor does not say what
    static void settlePrepared(Host host, Instance instance, Optional<Domain> domain) {
        Set<Path> written =
                Set.copyOf(domain.map(Domain::disks).orElse(Map.of()).values());
        instance.disks().values().forEach(disk -> disk.prepared().ifPresent(layer -> {
            if (written.contains(disk.file(layer))) {
                disk.commit(LayeredDisk.Use.BEING_WRITTEN);
            } else if (host.instances().layers().isBeingWritten(disk.file(layer))) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "something writes to a layer that the hypervisor does not name: stop and start the instance");
            } else {
                disk.abandon();
            }
        }));
    }
}
