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
import cloud.stasis.model.CaptureStrategy;
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
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/// Checkpoints and pull backups. A backup job belongs to QEMU and outlives this process and libvirtd, so whoever
/// begins one ends it in every case, and the agent looks for forgotten ones when it starts.
final class LibvirtHistory implements DiskHistory {
    private static final Logger LOG = Logger.getLogger(LibvirtHistory.class);

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(20);

    private final LibvirtConnection libvirt;
    private final Path sockets;

    /// @param sockets a directory that QEMU's user may write to, with a short path
    LibvirtHistory(LibvirtConnection libvirt, Path sockets) {
        this.libvirt = libvirt;
        this.sockets = sockets;
    }

    @Override
    public CaptureStrategy strategy() {
        return CaptureStrategy.BITMAP;
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
            DomainCheckpoint known = lookup(domain, checkpoint);
            if (known == null) {
                return;
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

    /// The library answers null for some things that are not there, and throws for others.
    private static @Nullable DomainCheckpoint lookup(Domain domain, CheckpointName checkpoint) throws LibvirtException {
        try {
            return domain.checkpointLookupByName(checkpoint.value());
        } catch (LibvirtException e) {
            if (LibvirtConnection.code(e) == ErrorNumber.VIR_ERR_NO_DOMAIN_CHECKPOINT) {
                return null;
            }
            throw e;
        }
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
    public void prepare(InstanceId instance, ExportRequest request, Runnable pulse) {}

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
        return new Exports(this, instance, request, socket, new HashMap<>());
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
        OptionalInt operation = LibvirtJobs.operation(domain);
        return operation.isPresent() && operation.getAsInt() == LibvirtJobs.BACKUP;
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

    /// One NBD connection for each disk, made when it is first needed: the guest may be frozen while an export
    /// begins.
    private record Exports(
            LibvirtHistory history,
            InstanceId instance,
            ExportRequest request,
            Path socket,
            Map<DeviceName, NbdClient> open)
            implements DiskExports {

        @Override
        public ContentSource content(DeviceName disk) {
            return client(disk);
        }

        @Override
        public List<Extent> changed(DeviceName disk) {
            return where(disk, dirtyBitmap(disk), flags -> (flags & MetaContext.STATE_DIRTY) != 0);
        }

        @Override
        public List<Extent> writtenIn(DeviceName disk, int layers) {
            throw new StasisException(ErrorCode.INTERNAL, "layers of disk " + disk + " are not told apart");
        }

        @Override
        public List<Extent> data(DeviceName disk) {
            return where(disk, MetaContext.ALLOCATION, flags -> (flags & MetaContext.STATE_ZERO) == 0);
        }

        private List<Extent> where(DeviceName disk, MetaContext context, IntPredicate wanted) {
            try {
                return client(disk).blockStatus(context).stream()
                        .filter(status -> wanted.test(status.flags()))
                        .map(BlockStatus::extent)
                        .toList();
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        private synchronized NbdClient client(DeviceName disk) {
            return open.computeIfAbsent(disk, this::connect);
        }

        private NbdClient connect(DeviceName disk) {
            boolean incremental = request.disks().stream()
                    .anyMatch(exported ->
                            exported.target().equals(disk) && exported.since().isPresent());
            List<MetaContext> contexts =
                    incremental ? List.of(MetaContext.ALLOCATION, dirtyBitmap(disk)) : List.of(MetaContext.ALLOCATION);
            try {
                return NbdClient.connect(new NbdExport(socket, disk.value()), contexts, CONNECT_DEADLINE);
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        private static MetaContext dirtyBitmap(DeviceName disk) {
            return MetaContext.dirtyBitmap("backup-" + disk);
        }

        private static StasisException unreadable(IOException e) {
            return new StasisException(ErrorCode.HYPERVISOR_FAILED, "the disks could not be read", e);
        }

        @Override
        public synchronized void close() {
            open.values().forEach(NbdClient::close);
            open.clear();
            history.endExport(instance);
        }
    }
}
