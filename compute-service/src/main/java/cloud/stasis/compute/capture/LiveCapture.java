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
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.disks.Extents;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/// Disks of a machine that is on; its vCPUs never stop.
///
/// ```
///  lineage: pending, with a fresh checkpoint
///  freeze ─ begin export from the known points, set the fresh checkpoint ─ thaw
///  for each disk: read and upload what changed since its known point
///  end the export
///  lineage: pending, with contents
/// ```
///
/// A failure anywhere ends the export, forgets the checkpoint and the pending capture; a crash leaves both to be
/// found by reconciliation, which does the same.
final class LiveCapture {
    private static final Logger LOG = Logger.getLogger(LiveCapture.class);

    private final Host host;
    private final Quiescing quiescing;

    LiveCapture(Host host) {
        this.host = host;
        this.quiescing = new Quiescing(host);
    }

    Taken capture(Instance instance, PowerState state, Order order, CommandContext context) {
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
            Quiesced<Begun> begun =
                    quiescing.during(instance, state, order.quiesce(), () -> begin(instance, order, known, fresh));
            try (DiskExports exports = begun.result().exports()) {
                LOG.infof(
                        "Cut an instant instanceId=%s capture=%s reached=%s frozenMillis=%d",
                        instance.id(),
                        order.capture(),
                        begun.reached(),
                        begun.frozen().toMillis());
                return upload(instance, order, begun, exports, context);
            }
        } catch (StasisException e) {
            abandon(instance, order);
            throw e;
        }
    }

    /// What the export was begun from.
    ///
    /// @param points empty for disks of which everything has to be read
    private record Begun(DiskExports exports, SortedMap<DeviceName, DiskPoint> points, String reason) {}

    private Begun begin(Instance instance, Order order, Lineage known, CheckpointName fresh) {
        SortedMap<DeviceName, DiskPoint> points = new TreeMap<>();
        order.disks().forEach(disk -> known.point(disk).ifPresent(point -> points.put(disk, point)));
        try {
            return new Begun(export(instance, order, points, fresh), points, "the disk has no known point");
        } catch (BrokenCheckpointException e) {
            LOG.warnf("Known points are lost instanceId=%s reason=%s", instance.id(), e.reason());
            try {
                SortedMap<DeviceName, DiskPoint> none = new TreeMap<>();
                return new Begun(export(instance, order, none, fresh), none, e.reason());
            } catch (BrokenCheckpointException again) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_FAILED, "the disks can be read neither in part nor in whole", again);
            }
        }
    }

    private DiskExports export(
            Instance instance, Order order, SortedMap<DeviceName, DiskPoint> points, CheckpointName fresh)
            throws BrokenCheckpointException {
        List<ExportedDisk> disks = order.disks().stream()
                .map(disk -> new ExportedDisk(
                        disk, Optional.ofNullable(points.get(disk)).map(DiskPoint::checkpoint)))
                .toList();
        return host.hypervisor()
                .history()
                .export(
                        instance.id(),
                        new ExportRequest(fresh, disks, instance.directory().path()));
    }

    private Taken upload(
            Instance instance, Order order, Quiesced<Begun> begun, DiskExports exports, CommandContext context) {
        SortedMap<DeviceName, Upload.Difference> differences = new TreeMap<>();
        order.disks().forEach(disk -> differences.put(disk, difference(disk, begun.result(), exports)));
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
                differences.values().stream()
                                .allMatch(difference -> difference.reason().isEmpty())
                        ? "backup-incremental"
                        : "backup-full",
                order.quiesce(),
                begun.reached(),
                begun.frozen(),
                Duration.ZERO,
                begun.agent(),
                Receipts.hypervisor(host, instance.machine()),
                upload.transfers(),
                begun.freeze());
    }

    private static Upload.Difference difference(DeviceName disk, Begun begun, DiskExports exports) {
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
