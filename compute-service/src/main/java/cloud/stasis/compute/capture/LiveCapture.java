package cloud.stasis.compute.capture;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.capture.Quiescing.Quiesced;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.BrokenCheckpointException;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskExports;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportRequest;
import cloud.stasis.compute.hypervisor.DiskHistory.ExportedDisk;
import cloud.stasis.compute.instance.DiskPoint;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.instance.IntentRecord;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.disks.Extents;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/// Disks of a machine that is on; its vCPUs never stop.
///
/// ```
///  lineage: pending, with a fresh checkpoint
///  freeze ─ begin export from the known points, set the fresh checkpoint ─ thaw
///  for each disk: read and upload what changed since its known point
///  lineage: pending, with contents
///  end the export, if need be after the outcome is told
/// ```
///
/// On a host that copies disks ([CaptureStrategy#COPY]) the copies are made before the freeze and parted from the
/// disks in it; what the layers hold above the last content that the store knows is read, and there is no
/// checkpoint. Copies of several disks are parted while the machine stands still, since nothing else makes them one
/// instant.
///
/// A failure anywhere ends the export, forgets the checkpoint and the pending capture; a crash leaves both to be
/// found by reconciliation, which does the same.
final class LiveCapture {
    private static final Logger LOG = Logger.getLogger(LiveCapture.class);

    private final Host host;
    private final MemoryCut recovery;
    private final Quiescing quiescing;

    /// @param recovery of a machine that was left standing still
    LiveCapture(Host host, MemoryCut recovery) {
        this.host = host;
        this.recovery = recovery;
        this.quiescing = new Quiescing(host);
    }

    /// @param ending when the export is ended; until then no other command may touch the machine
    Taken capture(Instance instance, PowerState state, Order order, CommandContext context, Consumer<Runnable> ending) {
        host.space().requireReserve();
        context.progress(Phase.CAPTURING, ByteCount.ZERO, ByteCount.ZERO);
        CheckpointName fresh = CheckpointName.fresh();
        Lineage known = instance.lineage();
        instance.store(known.begin(
                order.capture(),
                order.disks().stream()
                        .<Piece>map(disk -> new Piece.AtCheckpoint(disk, fresh, Optional.empty()))
                        .toList()));
        try {
            host.hypervisor()
                    .history()
                    .prepare(instance.id(), request(instance, order, new TreeMap<>(), fresh), context::checkCancelled);
            Quiesced<Begun> begun = quiescing.during(
                    instance,
                    state,
                    order.quiesce(),
                    () -> atOnce(instance, state, order, () -> begin(instance, order, known, fresh)));
            LOG.infof(
                    "Cut an instant instanceId=%s capture=%s reached=%s frozenMillis=%d",
                    instance.id(),
                    order.capture(),
                    begun.reached(),
                    begun.frozen().toMillis());
            Taken taken = read(instance, order, begun, context);
            ending.accept(begun.result().exports()::close);
            return taken;
        } catch (RuntimeException | Error e) {
            abandon(instance, order);
            throw e;
        }
    }

    /// What the export was begun from.
    ///
    /// @param points empty for disks of which everything has to be read
    /// @param paused how long the machine stood still for it
    private record Begun(DiskExports exports, SortedMap<DeviceName, DiskPoint> points, String reason, Duration paused) {
        Begun standing(Duration held) {
            return new Begun(exports, points, reason, held);
        }
    }

    private Begun atOnce(Instance instance, PowerState state, Order order, Supplier<Begun> begin) {
        boolean isOneInstant = host.hypervisor().history().strategy() == CaptureStrategy.BITMAP
                || order.disks().size() == 1
                || state != PowerState.RUNNING;
        if (isOneInstant) {
            return begin.get();
        }
        Intent.Cutting intent = new Intent.Cutting(
                new SnapshotId(order.capture()),
                ResumeState.RUNNING,
                host.watchdog().handle());
        // That the guest is frozen, if it is; still true afterwards.
        Optional<IntentRecord> around = instance.directory().intent().read();
        instance.begin(intent);
        try {
            AtomicReference<Begun> begun = new AtomicReference<>();
            Meeting alone = Meeting.alone(host.limits().pause());
            MemoryCut.Paused paused =
                    MemoryCut.whilePaused(host, instance, intent, order.disks(), alone, () -> begun.set(begin.get()));
            around.ifPresentOrElse(known -> instance.begin(known.intent()), instance::end);
            Begun made = Objects.requireNonNull(begun.get());
            if (paused.marked().isEmpty()) {
                made.exports().close();
                throw new StasisException(
                        ErrorCode.GUEST_REFUSED, "the deadline let the machine go on before all disks were parted");
            }
            return made.standing(paused.held());
        } catch (RuntimeException | Error e) {
            recovery.recover(instance, intent, e);
            throw e;
        }
    }

    private Begun begin(Instance instance, Order order, Lineage known, CheckpointName fresh) {
        SortedMap<DeviceName, DiskPoint> points = new TreeMap<>();
        if (host.hypervisor().history().strategy() == CaptureStrategy.BITMAP) {
            order.disks().forEach(disk -> known.point(disk).ifPresent(point -> points.put(disk, point)));
        }
        try {
            return new Begun(
                    export(instance, order, points, fresh), points, "the disk has no known point", Duration.ZERO);
        } catch (BrokenCheckpointException e) {
            LOG.warnf("Known points are lost instanceId=%s reason=%s", instance.id(), e.reason());
            try {
                SortedMap<DeviceName, DiskPoint> none = new TreeMap<>();
                return new Begun(export(instance, order, none, fresh), none, e.reason(), Duration.ZERO);
            } catch (BrokenCheckpointException again) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_FAILED, "the disks can be read neither in part nor in whole", again);
            }
        }
    }

    private DiskExports export(
            Instance instance, Order order, SortedMap<DeviceName, DiskPoint> points, CheckpointName fresh)
            throws BrokenCheckpointException {
        return host.hypervisor().history().export(instance.id(), request(instance, order, points, fresh));
    }

    private static ExportRequest request(
            Instance instance, Order order, SortedMap<DeviceName, DiskPoint> points, CheckpointName fresh) {
        List<ExportedDisk> disks = order.disks().stream()
                .map(disk -> new ExportedDisk(
                        disk, Optional.ofNullable(points.get(disk)).map(DiskPoint::checkpoint)))
                .toList();
        return new ExportRequest(fresh, disks, instance.directory().path());
    }

    private Taken read(Instance instance, Order order, Quiesced<Begun> begun, CommandContext context) {
        DiskExports exports = begun.result().exports();
        try {
            return upload(instance, order, begun, exports, context);
        } catch (RuntimeException | Error e) {
            try (exports) {
                throw e;
            }
        }
    }

    private Taken upload(
            Instance instance, Order order, Quiesced<Begun> begun, DiskExports exports, CommandContext context) {
        SortedMap<DeviceName, Upload.Difference> differences = new TreeMap<>();
        order.disks().forEach(disk -> differences.put(disk, difference(instance, disk, begun.result(), exports)));
        Upload upload = new Upload(
                host.stores().open(order.grant()),
                new CommandTransfer(context, Phase.UPLOADING, toRead(differences), host.space()));
        SortedMap<DeviceName, Content> contents = new TreeMap<>();
        differences.forEach((disk, difference) -> contents.put(
                disk, upload.disk(disk.value(), exports.content(disk), difference, () -> exports.data(disk))));
        instance.store(instance.lineage()
                .uploaded(order.capture(), piece -> piece.of(Objects.requireNonNull(contents.get(piece.disk())))));
        return new Taken(
                begun.at(),
                contents,
                List.of(),
                strategy(differences.values()),
                order.quiesce(),
                begun.reached(),
                begun.frozen(),
                begun.result().paused(),
                begun.agent(),
                Receipts.hypervisor(host, instance.machine()),
                upload.transfers(),
                begun.freeze());
    }

    private String strategy(Collection<Upload.Difference> differences) {
        return switch (host.hypervisor().history().strategy()) {
            case BITMAP ->
                differences.stream().allMatch(difference -> difference.reason().isEmpty())
                        ? "backup-incremental"
                        : "backup-full";
            case COPY -> "copy";
        };
    }

    private Upload.Difference difference(Instance instance, DeviceName disk, Begun begun, DiskExports exports) {
        return switch (host.hypervisor().history().strategy()) {
            case BITMAP -> sincePoint(disk, begun, exports);
            case COPY -> aboveKnown(instance.disk(disk), disk, exports);
        };
    }

    /// Without a record of writes, from what is known of the layers below.
    private static Upload.Difference aboveKnown(LayeredDisk layers, DeviceName disk, DiskExports exports) {
        LayeredDisk.Known known = layers.known(layers.active());
        return known.layers() == Integer.MAX_VALUE
                ? Upload.Difference.unknown(
                        "nothing is known of what is below the disk", exports.content(disk), exports.data(disk))
                : Upload.Difference.from(known.content(), exports.writtenIn(disk, known.layers()));
    }

    private static Upload.Difference sincePoint(DeviceName disk, Begun begun, DiskExports exports) {
        DiskPoint point = begun.points().get(disk);
        if (point == null) {
            ContentSource source = exports.content(disk);
            return Upload.Difference.unknown(begun.reason(), source, exports.data(disk));
        }
        List<Extent> changed = Extents.union(point.before(), exports.changed(disk));
        return Upload.Difference.from(point.content(), changed);
    }

    private static ByteCount toRead(SortedMap<DeviceName, Upload.Difference> differences) {
        return ByteCount.ofBytes(differences.values().stream()
                .mapToLong(difference -> Extents.bytes(difference.changed()))
                .sum());
    }

    private void abandon(Instance instance, Order order) {
        Lineage lineage = instance.lineage().abandoned(order.capture());
        instance.store(lineage);
        try {
            host.hypervisor().history().endExport(instance.id());
            host.forgetUnneeded(instance, lineage);
        } catch (StasisException e) {
            LOG.warnf(e, "A checkpoint is left for the next start of the agent instanceId=%s", instance.id());
        }
    }
}
