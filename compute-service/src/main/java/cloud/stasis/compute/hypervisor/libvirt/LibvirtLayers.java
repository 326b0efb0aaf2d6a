package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.LiveLayers;
import cloud.stasis.disks.LayerFold;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.Domain.SnapshotCreateFlags;
import org.libvirt.LibvirtException;

/// Block jobs of QEMU: it commits a layer into the one below. The job belongs to QEMU and goes on if we die;
/// whoever asks again waits for it.
final class LibvirtLayers implements LiveLayers {
    private static final Logger LOG = Logger.getLogger(LibvirtLayers.class);

    /// A guest's own reads and writes go before.
    private static final long MIB_PER_SECOND = 200;

    /// For QEMU to let go of what a disk stood on before it was moved.
    private static final Duration LETTING_GO = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(50);
    /// `VIR_DOMAIN_BLOCK_COMMIT_RELATIVE` in libvirt's headers.
    private static final int KEEP_RELATIVE = 1 << 3;

    /// `VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT` in libvirt's headers.
    private static final int PIVOT = 1 << 1;

    private static final int NO_JOB = 0;
    private static final int NO_FLAGS = 0;
    private static final int ONTO_LAYERS = SnapshotCreateFlags.ATOMIC
            | SnapshotCreateFlags.NO_METADATA
            | SnapshotCreateFlags.REUSE_EXT
            | SnapshotCreateFlags.DISK_ONLY;

    private final LibvirtConnection libvirt;

    LibvirtLayers(LibvirtConnection libvirt) {
        this.libvirt = libvirt;
    }

    @Override
    public void fold(InstanceId instance, DeviceName disk, LayerFold fold) {
        libvirt.change("fold the layers of a disk", instance, domain -> {
            String target = disk.value();
            if (!standsOn(domain, disk, fold.top())) {
                return;
            }
            if (domain.getBlockJobInfo(target, NO_FLAGS).type == NO_JOB) {
                commit(domain, target, fold);
            }
            await(domain, target);
            if (standsOn(domain, disk, fold.top())) {
                throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "the layers of a disk could not be folded");
            }
        });
    }

    /// Layers name what they stand on without its directory, and are to go on doing so; those that were made before
    /// that was the rule cannot.
    private static void commit(Domain domain, String target, LayerFold fold) throws LibvirtException {
        String base = fold.base().toString();
        String top = fold.top().toString();
        try {
            domain.blockCommit(target, base, top, MIB_PER_SECOND, KEEP_RELATIVE);
        } catch (LibvirtException e) {
            LOG.debugf(e, "A layer names what it stands on by its whole path disk=%s", target);
            domain.blockCommit(target, base, top, MIB_PER_SECOND, NO_FLAGS);
        }
    }

    @Override
    public void switchTo(InstanceId instance, Map<DeviceName, Path> layers) {
        libvirt.change("let disks go on in other layers", instance, domain -> domain.snapshotCreateXML(
                        BackupXml.cutDisks(layers), ONTO_LAYERS)
                .free());
    }

    @Override
    public Set<DeviceName> streaming(InstanceId instance) {
        return libvirt.ask(
                "look at the disks", instance, domain -> DomainXml.streaming(Xml.parse(domain.getXMLDesc(NO_FLAGS))));
    }

    /// A copy of what the guest has written, which QEMU parts from it in favour of the copy. libvirt brings the
    /// bitmaps of checkpoints along.
    @Override
    public void moveTo(InstanceId instance, DeviceName disk, Path layer, Runnable pulse) {
        libvirt.change("begin to move a disk", instance, domain -> {
            if (LibvirtCopies.mirrors(domain).containsKey(disk)) {
                domain.blockJobAbort(disk.value(), NO_FLAGS);
            }
            LibvirtCopies.begin(domain, disk, layer);
        });
        try {
            LibvirtCopies.awaitFollowing(libvirt, instance, Set.of(disk), pulse);
            libvirt.change("move a disk", instance, domain -> domain.blockJobAbort(disk.value(), PIVOT));
            awaitMove(instance, disk);
        } catch (RuntimeException e) {
            giveUp(instance, disk);
            throw e;
        }
    }

    private void awaitMove(InstanceId instance, DeviceName disk) {
        long end = System.nanoTime() + LETTING_GO.toNanos();
        try {
            while (streaming(instance).contains(disk)) {
                if (System.nanoTime() > end) {
                    throw new StasisException(
                            ErrorCode.HYPERVISOR_UNAVAILABLE,
                            "moving a disk off the network took too long and is tried again later");
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while a disk is moved", e);
        }
    }

    private void giveUp(InstanceId instance, DeviceName disk) {
        try {
            libvirt.change("end the copy of a disk", instance, domain -> {
                if (LibvirtCopies.mirrors(domain).containsKey(disk)) {
                    domain.blockJobAbort(disk.value(), NO_FLAGS);
                }
            });
        } catch (StasisException e) {
            LOG.warnf(e, "A copy of a disk is left for the next attempt instanceId=%s", instance);
        }
    }

    private static void await(Domain domain, String target) throws LibvirtException {
        BlockJobWatch watch = new BlockJobWatch();
        try {
            while (domain.getBlockJobInfo(target, NO_FLAGS).type != NO_JOB) {
                if (watch.isStuck(BlockJobWatch.left(domain, target))) {
                    giveUp(domain, target);
                    throw new StasisException(
                            ErrorCode.HYPERVISOR_UNAVAILABLE,
                            "folding the layers of a disk does not go on and is tried again later");
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            giveUp(domain, target);
            throw new StasisException(ErrorCode.CANCELLED, "interrupted while layers are folded", e);
        }
    }

    /// Returns when the job is gone. It may have come to its end by itself.
    private static void giveUp(Domain domain, String target) throws LibvirtException {
        try {
            domain.blockJobAbort(target, NO_FLAGS);
        } catch (LibvirtException e) {
            if (domain.getBlockJobInfo(target, NO_FLAGS).type != NO_JOB) {
                throw e;
            }
        }
    }

    private static boolean standsOn(Domain domain, DeviceName disk, Path layer) throws LibvirtException {
        return Xml.parse(domain.getXMLDesc(NO_FLAGS)).all("disk").stream()
                .filter(found -> found.child("target")
                        .filter(target -> target.attribute("dev").equals(disk.value()))
                        .isPresent())
                .flatMap(found -> found.all("source").stream())
                .anyMatch(source -> source.attribute("file").equals(layer.toString()));
    }
}
