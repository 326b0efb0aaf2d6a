package cloud.stasis.compute.reconcile;

import cloud.stasis.compute.capture.SettleCapture;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.instance.Lineage.Piece;
import cloud.stasis.compute.instance.ResizeRecord;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.SnapshotId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What concerns files and records: half-made captures, layers and checkpoints that nobody names. Nothing that a
/// running machine has open is ever removed.
final class FileRepairs {
    private static final String SCRATCH = ".scratch";

    private final Host host;
    private final SettleCapture settle;

    FileRepairs(Host host, SettleCapture settle) {
        this.host = host;
        this.settle = settle;
    }

    List<Repair> of(Instance instance) {
        List<Repair> repairs = new ArrayList<>();
        String subject = "instance " + instance.id();
        Optional<Domain> domain = host.hypervisor().domains().find(instance.id());
        captures(instance, subject, repairs);
        snapshots(instance, subject, repairs);
        Set<Path> open = Set.copyOf(domain.filter(Domain::isActive)
                .map(Domain::disks)
                .orElse(Map.of())
                .values());
        instance.disks().forEach((target, disk) -> layers(instance, target, disk, open, subject, repairs));
        for (Path file : HostLayout.list(instance.directory().path())) {
            if (file.getFileName().toString().endsWith(SCRATCH)) {
                repairs.add(new Repair(subject, "remove a scratch file", () -> HostFiles.delete(file)));
            }
        }
        return repairs;
    }

    /// Checkpoints are looked at last: what was repaired before decides which are needed.
    List<Repair> ofCheckpoints(Instance instance) {
        if (host.hypervisor().domains().find(instance.id()).isEmpty()) {
            return List.of();
        }
        Lineage lineage = instance.lineage();
        Set<CheckpointName> unneeded = new HashSet<>(host.hypervisor().history().checkpoints(instance.id()));
        unneeded.removeAll(lineage.checkpoints());
        return unneeded.isEmpty()
                ? List.of()
                : List.of(new Repair(
                        "instance " + instance.id(),
                        "forget " + unneeded.size() + " checkpoints that nothing names",
                        () -> host.forgetUnneeded(instance, lineage)));
    }

    /// A capture whose bytes are not all in the store is begun again by its command; unless its instant exists in
    /// files.
    private void captures(Instance instance, String subject, List<Repair> repairs) {
        for (Lineage.Pending pending : instance.lineage().pending()) {
            boolean isWhole =
                    pending.pieces().stream().allMatch(piece -> piece.content().isPresent());
            boolean isInFiles = instance.directory()
                    .snapshot(new SnapshotId(pending.capture()))
                    .meta()
                    .read()
                    .isPresent();
            boolean hasCheckpoint = pending.pieces().stream().anyMatch(piece -> piece instanceof Piece.AtCheckpoint);
            if (!isWhole && (hasCheckpoint || !isInFiles)) {
                repairs.add(new Repair(
                        subject,
                        "forget capture " + pending.capture() + ", which was not finished",
                        () -> settle.abandon(instance, pending.capture())));
            }
        }
    }

    private static void snapshots(Instance instance, String subject, List<Repair> repairs) {
        Set<SnapshotId> whole = new HashSet<>();
        for (SnapshotId snapshot : instance.directory().snapshots()) {
            SnapshotDirectory directory = instance.directory().snapshot(snapshot);
            if (directory.meta().read().isPresent()) {
                whole.add(snapshot);
            } else {
                repairs.add(new Repair(subject, "remove what a half-made snapshot left", directory::delete));
            }
        }
        instance.directory().resize().read().map(ResizeRecord::kept).ifPresent(whole::add);
        // Volumes have snapshots of their own, which the instance knows nothing of.
        instance.ownDisks().forEach(disk -> disk.holders().stream()
                .filter(holder -> !whole.contains(holder))
                .forEach(holder -> repairs.add(new Repair(
                        subject,
                        "release layers of snapshot " + holder + ", which is not here",
                        () -> disk.release(holder)))));
    }

    /// Whether nobody would miss a layer that the guest does not write to, as far as the hypervisor says. A disk
    /// that is being moved off the network has a copy that is written to, and is made anew.
    private boolean isFree(Instance instance, DeviceName target, Path layer) {
        return !host.instances().layers().isBeingWritten(layer)
                || host.hypervisor().liveLayers().streaming(instance.id()).contains(target);
    }

    private void layers(
            Instance instance,
            DeviceName target,
            LayeredDisk disk,
            Set<Path> open,
            String subject,
            List<Repair> repairs) {
        disk.prepared().map(disk::file).ifPresent(layer -> {
            if (open.contains(layer)) {
                repairs.add(new Repair(
                        subject,
                        "take over the layer that " + target + " writes to",
                        () -> disk.commit(LayeredDisk.Use.BEING_WRITTEN)));
            } else if (isFree(instance, target, layer)) {
                repairs.add(new Repair(subject, "drop a layer of " + target + " that was not used", disk::abandon));
            }
        });
        for (Path stray : disk.strays()) {
            if (!open.contains(stray)) {
                repairs.add(new Repair(
                        subject,
                        "remove " + target + "/" + stray.getFileName() + ", which nothing names",
                        () -> HostFiles.delete(stray)));
            }
        }
    }
}
