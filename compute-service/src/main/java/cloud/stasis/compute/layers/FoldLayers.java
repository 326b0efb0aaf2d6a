package cloud.stasis.compute.layers;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.disks.LayerFold;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.LayeredDisk.Folding;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Folds the layers of an instance until no chain is longer than it may be.
///
/// A crash at any moment leaves disks that show what they showed; the next fold finds out what was done. What
/// fails is told, and tried again after the next snapshot.
public final class FoldLayers {
    private static final Logger LOG = Logger.getLogger(FoldLayers.class);

    private final Host host;

    public FoldLayers(Host host) {
        this.host = host;
    }

    public void of(Instance instance) {
        try {
            if (!isUploading(instance)) {
                spare(instance);
                instance.disks().forEach((target, disk) -> fold(instance, target, disk));
            }
        } catch (StasisException e) {
            LOG.warnf(e, "Layers were not folded, which is tried again later instanceId=%s", instance.id());
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
        while (next.isPresent()) {
            if (runs && next.get().place() == LayerFold.Place.IN_CHAIN) {
                host.hypervisor().liveLayers().fold(instance.id(), target, next.get());
            } else {
                host.hypervisor().layers().fold(next.get());
            }
            disk.folded();
            LOG.infof("Folded a layer instanceId=%s disk=%s depth=%d", instance.id(), target, disk.depth());
            next = disk.foldable(terms);
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
