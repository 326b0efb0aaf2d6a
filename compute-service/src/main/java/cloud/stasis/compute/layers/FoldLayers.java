package cloud.stasis.compute.layers;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerFold;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.LayeredDisk.Folding;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Folds the layers of an instance until no chain is longer than it may be.
///
/// A crash or a failure at any moment leaves disks that show what they showed; the next fold finds out what was done.
public final class FoldLayers {
    private static final Logger LOG = Logger.getLogger(FoldLayers.class);

    /// What is less stays below the active layer until the next snapshot, or until nobody has the volume.
    private static final long WORTHWHILE_BYTES = 32L << 20;

    private final Host host;

    public FoldLayers(Host host) {
        this.host = host;
    }

    /// @return whether nothing failed
    public boolean of(Instance instance) {
        try {
            if (!isUploading(instance)) {
                spare(instance);
                instance.disks().forEach((target, disk) -> fold(instance, target, disk));
            }
            return true;
        } catch (StasisException e) {
            if (Thread.currentThread().isInterrupted()) {
                LOG.infof("Layers are folded later, a command goes before instanceId=%s", instance.id());
            } else {
                LOG.warnf(e, "Layers were not folded, which is tried again later instanceId=%s", instance.id());
            }
            return false;
        }
    }

    /// Whether much lies below the active layer of a running machine's volume that nothing shows: it can be
    /// folded as soon as that layer is not the active one any more.
    public boolean awaitsACut(Instance instance, DeviceName volume) {
        return !isUploading(instance)
                && instance.disk(volume)
                        .folds(Folding.AT_REST)
                        .filter(fold -> fold.place() == LayerFold.Place.ACTIVE)
                        .filter(FoldLayers::isWorthwhile)
                        .isPresent();
    }

    /// No more than the smaller one holds can be in both.
    private static boolean isWorthwhile(LayerFold fold) {
        try {
            return Math.min(Files.size(fold.top()), Files.size(fold.base())) >= WORTHWHILE_BYTES;
        } catch (IOException e) {
            throw HostFiles.failure("look at a layer of a disk", e);
        }
    }

    /// Its layers are named by a capture that is not settled.
    private static boolean isUploading(Instance instance) {
        return instance.lineage().pending().stream()
                .flatMap(pending -> pending.pieces().stream())
                .anyMatch(Piece.InLayer.class::isInstance);
    }

    /// A chain is the active layer, one for each snapshot, and one that may belong to none.
    private void spare(Instance instance) {
        int most = host.limits().depth() - 2;
        Optional<LayeredDisk> longest = instance.disks().values().stream()
                .max(Comparator.comparing(disk -> disk.spareable().size()));
        // Those of its volumes are not the instance's to part with.
        List<SnapshotId> own = instance.directory().snapshots();
        List<SnapshotId> shown = longest.map(LayeredDisk::spareable).orElse(List.of()).stream()
                .filter(own::contains)
                .toList();
        for (SnapshotId snapshot : shown.subList(0, Math.max(0, shown.size() - most))) {
            LOG.infof(
                    "The store alone keeps a snapshot from now on instanceId=%s snapshotId=%s",
                    instance.id(), snapshot);
            instance.discard(snapshot);
        }
    }

    private void fold(Instance instance, DeviceName target, LayeredDisk disk) {
        boolean runs = Host.isActive(host.state(instance));
        Folding terms = terms(instance, target, runs);
        Optional<LayerFold> next = disk.foldable(terms);
        boolean isRenamed = next.isPresent() && !runs;
        while (next.isPresent()) {
            if (runs && next.get().place() == LayerFold.Place.IN_CHAIN) {
                host.hypervisor().liveLayers().fold(instance.id(), target, next.get());
                // Those that only snapshots show.
                host.hypervisor().layers().repoint(next.get());
            } else {
                host.hypervisor().layers().fold(next.get());
            }
            disk.folded();
            LOG.infof("Folded a layer instanceId=%s disk=%s depth=%d", instance.id(), target, disk.depth());
            next = disk.foldable(terms);
        }
        if (isRenamed) {
            host.redefine(instance);
        }
    }

    /// Of an instance's own disk a layer may still have to be brought into the store; of a volume nothing has.
    private static Folding terms(Instance instance, DeviceName target, boolean runs) {
        boolean isVolume = instance.machine().disks().stream()
                .anyMatch(disk -> disk.target().equals(target) && disk.source() instanceof DiskSource.Volume);
        if (!isVolume) {
            return Folding.STORED_ALONE;
        }
        return runs ? Folding.BESIDE_A_GUEST : Folding.AT_REST;
    }
}
