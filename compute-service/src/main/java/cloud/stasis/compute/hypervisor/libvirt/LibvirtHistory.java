package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.hypervisor.BrokenCheckpointException;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskExports;
import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.disks.BlockStatus;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.MetaContext;
import cloud.stasis.disks.NbdClient;
import cloud.stasis.disks.NbdExport;
import cloud.stasis.disks.QcowBitmaps;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.TypedParameter;

/// Checkpoints and pull backups. A backup job belongs to QEMU and outlives this process and libvirtd, so whoever
/// begins one ends it in every case, and the agent looks for forgotten ones when it starts.
final class LibvirtHistory implements DiskHistory {
    private static final Logger LOG = Logger.getLogger(LibvirtHistory.class);

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(20);
    private static final int JOB_OPERATION_BACKUP = 9;
    private static final int JOB_NONE = 0;
    private static final String JOB_OPERATION = "operation";

    private final LibvirtConnection libvirt;
    private final Path sockets;

    /// @param sockets a directory that QEMU's user may write to, with a short path
    LibvirtHistory(LibvirtConnection libvirt, Path sockets) {
        this.libvirt = libvirt;
        this.sockets = sockets;
    }

    @Override
    public Set<CheckpointName> checkpoints(InstanceId instance) {
        return libvirt.ask("list the checkpoints", instance, domain -> {
            Set<CheckpointName> names = new TreeSet<>();
            for (DomainCheckpoint checkpoint : domain.listAllCheckpoints(0)) {
                if (CheckpointName.isOurs(checkpoint.getName())) {
                    names.add(new CheckpointName(checkpoint.getName()));
                }
                checkpoint.free();
            }
            return names;
        });
    }

    @Override
    public void mark(InstanceId instance, CheckpointName checkpoint, Set<DeviceName> disks) {
        libvirt.change("set a checkpoint", instance, domain -> domain.checkpointCreateXML(
                        BackupXml.checkpoint(checkpoint, disks, targets(domain)), 0)
                .free());
    }

    @Override
    public void forget(InstanceId instance, CheckpointName checkpoint, Collection<Path> layers) {
        libvirt.change("forget a checkpoint", instance, domain -> {
            DomainCheckpoint known;
            try {
                known = domain.checkpointLookupByName(checkpoint.value());
            } catch (LibvirtException e) {
                if (LibvirtConnection.code(e) == ErrorNumber.VIR_ERR_NO_DOMAIN_CHECKPOINT) {
                    return;
                }
                throw e;
            }
            try {
                if (domain.isActive() == 0) {
                    known.delete(DomainCheckpoint.CheckpointDeleteFlags.METADATA_ONLY);
                    layers.forEach(layer -> QcowBitmaps.remove(layer, checkpoint.value()));
                } else {
                    deleteLive(known, instance);
                }
            } finally {
                known.free();
            }
        });
    }

    /// A bitmap that never reached the disk cannot be deleted, only forgotten.
    private static void deleteLive(DomainCheckpoint checkpoint, InstanceId instance) throws LibvirtException {
        try {
            checkpoint.delete(0);
        } catch (LibvirtException e) {
            LOG.infof(
                    "A checkpoint's records are broken, forgetting it instanceId=%s said=%s", instance, e.getMessage());
            checkpoint.delete(DomainCheckpoint.CheckpointDeleteFlags.METADATA_ONLY);
        }
    }

    @Override
    public boolean isRecorded(CheckpointName checkpoint, Path layer) {
        return QcowBitmaps.isIntact(layer, checkpoint.value());
    }

    @Override
    public void wipe(Path layer) {
        QcowBitmaps.names(layer).forEach(bitmap -> QcowBitmaps.remove(layer, bitmap));
    }

    @Override
    public DiskExports export(InstanceId instance, ExportRequest request) throws BrokenCheckpointException {
        Path socket = socket(instance);
        HostFiles.delete(socket);
        Domain domain = libvirt.existing(instance);
        try {
            Collection<DeviceName> all = targets(domain);
            domain.backupBegin(
                    BackupXml.pull(request, socket, all),
                    BackupXml.checkpoint(
                            request.checkpoint(),
                            new TreeSet<>(request.disks().stream()
                                    .map(ExportedDisk::target)
                                    .toList()),
                            all),
                    0);
        } catch (LibvirtException e) {
            if (isAboutACheckpoint(e)) {
                throw new BrokenCheckpointException(
                        "the record of writes is incomplete, as after a crash of the hypervisor");
            }
            throw LibvirtConnection.failure("begin to read the disks", e);
        } finally {
            LibvirtConnection.release(domain);
        }
        try {
            return Exports.open(this, instance, request, socket);
        } catch (IOException e) {
            endExport(instance);
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "the disks could not be read", e);
        }
    }

    private static boolean isAboutACheckpoint(LibvirtException e) {
        return switch (LibvirtConnection.code(e)) {
            case VIR_ERR_CHECKPOINT_INCONSISTENT, VIR_ERR_NO_DOMAIN_CHECKPOINT -> true;
            default -> false;
        };
    }

    @Override
    public boolean isExporting(InstanceId instance) {
        return libvirt.ask("look for a backup job", instance, LibvirtHistory::hasBackupJob);
    }

    private static boolean hasBackupJob(Domain domain) throws LibvirtException {
        if (domain.isActive() == 0) {
            return false;
        }
        var job = domain.getJobStats(0);
        if (job.type == JOB_NONE || job.stats == null) {
            return false;
        }
        for (TypedParameter parameter : job.stats) {
            if (parameter.field.equals(JOB_OPERATION)) {
                return parameter.getValueAsString().equals(Integer.toString(JOB_OPERATION_BACKUP));
            }
        }
        return false;
    }

    @Override
    public void endExport(InstanceId instance) {
        libvirt.change("end reading the disks", instance, domain -> {
            if (hasBackupJob(domain)) {
                domain.abortJob();
            }
        });
        // Of a guest that was powered off meanwhile it stays behind.
        HostFiles.delete(socket(instance));
    }

    private Path socket(InstanceId instance) {
        return sockets.resolve("b-" + instance.toString().substring(0, 18) + ".sock");
    }

    private static Collection<DeviceName> targets(Domain domain) throws LibvirtException {
        return new TreeSet<>(DomainXml.disks(Xml.parse(domain.getXMLDesc(0))).keySet());
    }

    /// One NBD connection for each disk.
    private record Exports(LibvirtHistory history, InstanceId instance, Map<DeviceName, Open> open)
            implements DiskExports {
        private record Open(NbdClient client, MetaContext context, boolean incremental) {}

        static Exports open(LibvirtHistory history, InstanceId instance, ExportRequest request, Path socket)
                throws IOException {
            Map<DeviceName, Open> open = new HashMap<>();
            try {
                for (ExportedDisk disk : request.disks()) {
                    boolean incremental = disk.since().isPresent();
                    MetaContext context =
                            incremental ? MetaContext.dirtyBitmap("backup-" + disk.target()) : MetaContext.ALLOCATION;
                    NbdExport where = new NbdExport(socket, disk.target().value());
                    open.put(
                            disk.target(),
                            new Open(
                                    NbdClient.connect(where, List.of(context), CONNECT_DEADLINE),
                                    context,
                                    incremental));
                }
            } catch (IOException e) {
                open.values().forEach(disk -> disk.client().close());
                throw e;
            }
            return new Exports(history, instance, open);
        }

        @Override
        public ContentSource content(DeviceName disk) {
            return opened(disk).client();
        }

        @Override
        public List<Extent> extents(DeviceName disk) {
            Open asked = opened(disk);
            try {
                return asked.client().blockStatus(asked.context()).stream()
                        .filter(status -> asked.incremental()
                                ? (status.flags() & MetaContext.STATE_DIRTY) != 0
                                : (status.flags() & MetaContext.STATE_ZERO) == 0)
                        .map(BlockStatus::extent)
                        .toList();
            } catch (IOException e) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_FAILED, "what was written to the disk could not be asked for", e);
            }
        }

        private Open opened(DeviceName disk) {
            Open found = open.get(disk);
            if (found == null) {
                throw new StasisException(ErrorCode.INTERNAL, "disk " + disk + " is not exported");
            }
            return found;
        }

        @Override
        public void close() {
            open.values().forEach(disk -> disk.client().close());
            history.endExport(instance);
        }
    }
}
