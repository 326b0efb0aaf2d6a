package cloud.stasis.compute.capture;

import cloud.stasis.compute.capture.MemoryCut.Paused;
import cloud.stasis.compute.capture.Quiescing.Quiesced;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.DiskPoint;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.layers.FoldLayers;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/// Snapshots of volumes that an instance has, all of one instant.
///
/// ```
///  before    prepare a layer for each disk; forget every checkpoint
///  frozen    pause ─ disks to the prepared layers, a fresh checkpoint on those ─ resume
///  after     layers committed; those of the volumes held by their snapshots; known points
/// ```
///
/// All disks are cut, also those that nobody asked for, because a checkpoint spans all disks; a layer that no
/// snapshot holds is folded away later. A machine that is off gets new layers for the volumes alone. After a
/// crash the command comes again: what is held already is let go and cut anew, so that all snapshots are of one
/// instant.
public final class CutVolumes {
    private static final Logger LOG = Logger.getLogger(CutVolumes.class);

    private final Host host;
    private final Quiescing quiescing;
    private final LayerCut layers;
    private final FoldLayers folding;

    public CutVolumes(Host host, MemoryCut recovery) {
        this.host = host;
        this.quiescing = new Quiescing(host);
        this.layers = new LayerCut(host, recovery);
        this.folding = new FoldLayers(host);
    }

    public CommandResult.Captured handle(ComputeCommand.CutVolumes command) {
        Instance instance = host.instances().open(command.instance());
        SortedMap<DeviceName, SnapshotId> wanted = wanted(instance, command.volumes());
        wanted.forEach((target, snapshot) -> instance.disk(target).release(snapshot));
        PowerState state = host.state(instance);
        if (!Host.isActive(state)) {
            return atRest(instance, state, wanted, command.quiesce());
        }
        host.space().requireReserve();
        Quiesced<Paused> cut = quiescing.during(
                instance, state, command.quiesce(), () -> live(instance, state, new SnapshotId(command.cut()), wanted));
        LOG.infof(
                "Cut volumes instanceId=%s volumes=%d reached=%s frozenMillis=%d pausedMillis=%d",
                instance.id(),
                wanted.size(),
                cut.reached(),
                cut.frozen().toMillis(),
                cut.result().held().toMillis());
        return answer(
                instance,
                command.quiesce(),
                new Reached(
                        cut.reached(),
                        cut.agent(),
                        cut.frozen(),
                        cut.result().held(),
                        cut.result().at()));
    }

    static SortedMap<DeviceName, SnapshotId> wanted(Instance instance, List<VolumeCut> volumes) {
        SortedMap<DeviceName, SnapshotId> wanted = new TreeMap<>();
        volumes.forEach(cut -> wanted.put(instance.diskOf(cut.volume()).target(), cut.snapshot()));
        return wanted;
    }

    private Paused live(Instance instance, PowerState state, SnapshotId cut, SortedMap<DeviceName, SnapshotId> wanted) {
        Map<DeviceName, Path> prepared = layers.prepare(instance);
        Meeting alone = Meeting.alone(host.limits().pauseFor(instance.machine().memory()));
        return layers.cut(instance, state, cut, prepared, alone, paused -> record(instance, wanted, paused));
    }

    static void record(Instance instance, SortedMap<DeviceName, SnapshotId> wanted, Paused paused) {
        SortedMap<DeviceName, LayerNumber> frozen = new TreeMap<>();
        instance.disks().forEach((target, disk) -> {
            LayerNumber layer = disk.active();
            SnapshotId snapshot = wanted.get(target);
            if (snapshot != null) {
                disk.hold(layer, snapshot);
            }
            disk.commit(LayeredDisk.Use.BEING_WRITTEN);
            frozen.put(target, layer);
        });
        Lineage lineage = instance.lineage();
        List<DiskPoint> points = new ArrayList<>();
        paused.marked()
                .ifPresent(checkpoint -> frozen.forEach((target, layer) ->
                        points.add(MemoryCut.point(target, instance.disk(target), layer, lineage.next(), checkpoint))));
        instance.store(lineage.withPoints(points));
    }

    private CommandResult.Captured atRest(
            Instance instance, PowerState state, SortedMap<DeviceName, SnapshotId> wanted, Quiesce asked) {
        Consistency reached = RestingCapture.reach(state, asked);
        freeze(instance, wanted);
        return answer(
                instance,
                asked,
                new Reached(
                        reached,
                        "the machine is off",
                        Duration.ZERO,
                        Duration.ZERO,
                        host.clock().instant()));
    }

    static void freeze(Instance instance, SortedMap<DeviceName, SnapshotId> wanted) {
        wanted.forEach((target, snapshot) -> {
            LayeredDisk disk = instance.disk(target);
            LayerNumber layer = disk.active();
            disk.prepare();
            disk.hold(layer, snapshot);
            disk.commit(LayeredDisk.Use.AT_REST);
        });
    }

    private record Reached(Consistency consistency, String agent, Duration frozen, Duration paused, Instant at) {}

    private CommandResult.Captured answer(Instance instance, Quiesce asked, Reached reached) {
        return new CommandResult.Captured(
                reached.at(),
                List.of(),
                new Receipt(
                        "layer",
                        asked,
                        reached.consistency(),
                        reached.frozen(),
                        reached.paused(),
                        reached.agent(),
                        Receipts.hypervisor(host, instance.machine()),
                        List.of()));
    }

    /// Forgets a snapshot of a volume, also while the guest writes to it.
    public CommandResult handle(ComputeCommand.DropCut command) {
        drop(command.instance(), List.of(new VolumeCut(command.volume(), command.snapshot())));
        return new CommandResult.Completed();
    }

    public CommandResult handle(ComputeCommand.DropCuts command) {
        drop(command.instance(), command.volumes());
        return new CommandResult.Completed();
    }

    private void drop(InstanceId id, List<VolumeCut> cuts) {
        host.instances().find(id).ifPresent(instance -> {
            List<DeviceName> places = new ArrayList<>();
            for (VolumeCut cut : cuts) {
                instance.machine().disks().stream()
                        .filter(disk -> disk.source().equals(new DiskSource.Volume(cut.volume())))
                        .forEach(disk -> {
                            instance.disk(disk.target()).release(cut.snapshot());
                            places.add(disk.target());
                        });
            }
            folding.of(instance);
            cutForNobody(instance, places);
        });
    }

    /// What lies directly below the layer that a guest writes to can be folded once it writes to another one.
    /// That is done if it frees much.
    private void cutForNobody(Instance instance, List<DeviceName> places) {
        PowerState state = host.state(instance);
        if (Host.isActive(state) && places.stream().anyMatch(place -> folding.awaitsACut(instance, place))) {
            try {
                live(instance, state, SnapshotId.random(), new TreeMap<>());
                folding.of(instance);
            } catch (StasisException e) {
                LOG.warnf(e, "What a snapshot left stays for now instanceId=%s", instance.id());
            }
        }
    }
}
