package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.hypervisor.BrokenCheckpointException;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskExports;
import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// Disks of running machines without the help of bitmaps, as hypervisors before incremental backups had to do it.
///
/// ```
///  prepare   an empty overlay beside each disk, on what its active layer stands on
///            shallow block copy of the active layer into it, until it follows every write
///  export    the copies are parted from the disks: each overlay is its disk at that moment
///  read      overlay and what is below it, through qemu-nbd
///  end       the overlays go
/// ```
///
/// A copy belongs to QEMU and outlives this process and libvirtd; the agent looks for
/// forgotten ones when it starts, and removes overlays, which are named as scratch files are.
final class LibvirtCopies implements DiskHistory {
    private static final Logger LOG = Logger.getLogger(LibvirtCopies.class);

    private static final int SHALLOW = 1;
    private static final int REUSE_EXTERNAL = 2;
    /// Else libvirt wants the machine to be undefined for that time.
    private static final int TRANSIENT_JOB = 4;

    private static final int NO_FLAGS = 0;
    private static final Duration POLL = Duration.ofMillis(50);

    private final LibvirtConnection libvirt;
    private final QcowLayers layers;

    LibvirtCopies(LibvirtConnection libvirt, QcowLayers layers) {
        this.libvirt = libvirt;
        this.layers = layers;
    }

    @Override
    public CaptureStrategy strategy() {
        return CaptureStrategy.COPY;
    }

    @Override
    public Set<CheckpointName> checkpoints(InstanceId instance) {
        return Set.of();
    }

    @Override
    public void mark(InstanceId instance, CheckpointName checkpoint, Set<DeviceName> disks) {}

    @Override
    public void forget(InstanceId instance, CheckpointName checkpoint, Collection<Path> files) {}

    @Override
    public boolean isRecorded(CheckpointName checkpoint, Path layer) {
        return false;
    }

    @Override
    public void wipe(Path layer) {}

    @Override
    public void prepare(InstanceId instance, ExportRequest request, Runnable pulse) {
        endExport(instance);
        try {
            libvirt.change("copy the disks", instance, domain -> {
                for (ExportedDisk disk : request.disks()) {
                    copy(domain, disk.target(), overlay(request, disk.target()));
                }
            });
            // A small copy follows before anybody has looked.
            pulse.run();
            awaitFollowing(libvirt, instance, targets(request), pulse);
        } catch (RuntimeException e) {
            giveUp(instance, request);
            throw e;
        }
    }

    private void copy(Domain domain, DeviceName target, Path overlay) throws LibvirtException {
        Path layer = Optional.ofNullable(DomainXml.disks(description(domain)).get(target))
                .orElseThrow(
                        () -> new StasisException(ErrorCode.INVALID_REQUEST, "the instance has no disk " + target));
        ByteCount size = ByteCount.ofBytes(domain.blockInfo(target.value()).getCapacity());
        HostFiles.delete(overlay);
        layers.createBeside(overlay, layer, size);
        begin(domain, target, overlay);
    }

    /// Begins to copy what the active layer of a disk holds into another one, and what is written from now on.
    static void begin(Domain domain, DeviceName target, Path other) {
        int begun = LibvirtCalls.INSTANCE.virDomainBlockCopy(
                LibvirtCalls.handle(domain),
                target.value(),
                BackupXml.copy(other),
                null,
                0,
                SHALLOW | REUSE_EXTERNAL | TRANSIENT_JOB);
        if (begun == LibvirtCalls.FAILED) {
            throw LibvirtConnection.lastFailure("copy a disk");
        }
    }

    /// Returns when the copies of all these disks hold what the disks hold, and follow every write.
    static void awaitFollowing(
            LibvirtConnection libvirt, InstanceId instance, Collection<DeviceName> disks, Runnable pulse) {
        BlockJobWatch watch = new BlockJobWatch();
        try {
            while (true) {
                Progress progress = libvirt.ask("look for copies of disks", instance, domain -> look(domain, disks));
                if (progress.areFollowing()) {
                    return;
                }
                if (watch.isStuck(progress.left())) {
                    throw new StasisException(
                            ErrorCode.HYPERVISOR_UNAVAILABLE,
                            "the guest writes faster than its disks can be copied: try again when it does less");
                }
                pulse.run();
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while disks are copied", e);
        }
    }

    /// @param left bytes to be copied, of all disks together; [Long#MAX_VALUE] if nobody knows yet
    private record Progress(boolean areFollowing, long left) {}

    private static Progress look(Domain domain, Collection<DeviceName> disks) throws LibvirtException {
        Map<DeviceName, Mirror> mirrors = mirrors(domain);
        boolean areFollowing = true;
        long left = 0;
        for (DeviceName disk : disks) {
            Mirror mirror = mirrors.get(disk);
            if (mirror == null) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE, "the copy of a disk has ended, as when the machine is powered off");
            }
            areFollowing &= mirror.isFollowing();
            long ofDisk = BlockJobWatch.left(domain, disk.value());
            left = ofDisk == Long.MAX_VALUE || left == Long.MAX_VALUE ? Long.MAX_VALUE : left + ofDisk;
        }
        return new Progress(areFollowing, left);
    }

    @Override
    public DiskExports export(InstanceId instance, ExportRequest request) throws BrokenCheckpointException {
        if (request.disks().stream().anyMatch(disk -> disk.since().isPresent())) {
            throw new BrokenCheckpointException("no writes are recorded on this host");
        }
        if (mirrors(instance).isEmpty()) {
            prepare(instance, request, () -> {});
        }
        try {
            if (!libvirt.ask("look for copies of disks", instance, domain -> look(domain, targets(request)))
                    .areFollowing()) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_UNAVAILABLE, "the copy of a disk does not follow the guest any more");
            }
            libvirt.change("part the copies from the disks", instance, domain -> {
                for (ExportedDisk disk : request.disks()) {
                    domain.blockJobAbort(disk.target().value(), NO_FLAGS);
                }
            });
        } catch (StasisException e) {
            giveUp(instance, request);
            throw e;
        }
        return new Exports(layers, request, new HashMap<>());
    }

    private void giveUp(InstanceId instance, ExportRequest request) {
        try {
            endExport(instance);
        } catch (StasisException e) {
            LOG.warnf(e, "A copy of a disk is left for the next start of the agent instanceId=%s", instance);
        }
        request.disks().forEach(disk -> HostFiles.delete(overlay(request, disk.target())));
    }

    @Override
    public boolean isExporting(InstanceId instance) {
        return !mirrors(instance).isEmpty();
    }

    @Override
    public void endExport(InstanceId instance) {
        mirrors(instance).forEach((target, mirror) -> {
            libvirt.change(
                    "end the copy of a disk", instance, domain -> domain.blockJobAbort(target.value(), NO_FLAGS));
            HostFiles.delete(mirror.file());
        });
    }

    /// A copy that goes on.
    record Mirror(Path file, boolean isFollowing) {}

    private Map<DeviceName, Mirror> mirrors(InstanceId instance) {
        return libvirt.ask("look for copies of disks", instance, LibvirtCopies::mirrors);
    }

    static Map<DeviceName, Mirror> mirrors(Domain domain) throws LibvirtException {
        Map<DeviceName, Mirror> mirrors = new TreeMap<>();
        for (Xml disk : description(domain).all("disk")) {
            Optional<Xml> mirror =
                    disk.child("mirror").filter(of -> of.attribute("job").equals("copy"));
            Optional<Xml> target = disk.child("target");
            if (mirror.isPresent() && target.isPresent()) {
                mirrors.put(
                        new DeviceName(target.get().attribute("dev")),
                        new Mirror(
                                Path.of(file(mirror.get())),
                                mirror.get().attribute("ready").equals("yes")));
            }
        }
        return mirrors;
    }

    private static String file(Xml mirror) {
        return mirror.child("source").map(source -> source.attribute("file")).orElse(mirror.attribute("file"));
    }

    private static Xml description(Domain domain) throws LibvirtException {
        return Xml.parse(domain.getXMLDesc(NO_FLAGS));
    }

    private static List<DeviceName> targets(ExportRequest request) {
        return request.disks().stream().map(ExportedDisk::target).toList();
    }

    private static Path overlay(ExportRequest request, DeviceName target) {
        return request.scratch().resolve(target + ".scratch");
    }

    /// Opened when they are first needed: the guest may be frozen while an export begins.
    private record Exports(QcowLayers layers, ExportRequest request, Map<DeviceName, LayerReader> open)
            implements DiskExports {
        @Override
        public ContentSource content(DeviceName disk) {
            return reader(disk);
        }

        @Override
        public List<Extent> changed(DeviceName disk) {
            throw new StasisException(ErrorCode.INTERNAL, "changes of disk " + disk + " are not known");
        }

        /// The copy is what the active layer was, and stands on the same.
        @Override
        public List<Extent> writtenIn(DeviceName disk, int topmost) {
            return reader(disk).allocatedIn(topmost);
        }

        @Override
        public List<Extent> data(DeviceName disk) {
            return reader(disk).data();
        }

        private synchronized LayerReader reader(DeviceName disk) {
            return open.computeIfAbsent(disk, target -> layers.open(overlay(request, target)));
        }

        @Override
        public synchronized void close() {
            open.values().forEach(LayerReader::close);
            open.clear();
            request.disks().forEach(disk -> HostFiles.delete(overlay(request, disk.target())));
        }
    }
}
