package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What it would mean to delete a snapshot now; the deletion itself asks the same. Made of what captures told of
/// themselves in their receipts, so it costs nothing. Pure.
///
/// @param refusals why it cannot be deleted; empty if it can
/// @param waits what would be waited for
/// @param children the snapshots that continue from it, and would continue from its parent
/// @param move whether its server stands there, and would stand at its parent
/// @param freed in the store, at most: what its capture sent, compressed.
/// What other bundles show, too, stays. Empty if that is not known
/// @param memory of the host, at most: the file of the memory, as long as the host has kept it
/// @param copied on the host, at most: what the one snapshot that continues from
/// it has written since, and which its layers take in, in the background. Nothing if none or several do, or the
/// server is gone. Empty if that is not known
/// @param expected how long such a deletion took lately, without what follows in the background
public record Deletion(
        SnapshotId snapshot,
        List<String> refusals,
        List<String> waits,
        List<SnapshotId> children,
        Optional<SnapshotId> parent,
        Move move,
        Optional<ByteCount> freed,
        ByteCount memory,
        Optional<ByteCount> copied,
        Optional<Duration> expected) {
    /// Captures of this kind leave nothing on the host.
    private static final String LEAVES_NOTHING = "backup-";

    public Deletion {
        refusals = List.copyOf(refusals);
        waits = List.copyOf(waits);
        children = List.copyOf(children);
    }

    /// What becomes of its server's position.
    public enum Move {
        NONE,
        TO_PARENT
    }

    /// @param server if it is there
    /// @param children whose parent it is
    /// @param before how long the last deletions took
    static Deletion of(Snapshot snapshot, Optional<Instance> server, List<Snapshot> children, List<Duration> before) {
        boolean stands =
                server.flatMap(Instance::position).filter(snapshot.id()::equals).isPresent();
        return new Deletion(
                snapshot.id(),
                refusals(snapshot),
                waits(server),
                children.stream().map(Snapshot::id).toList(),
                snapshot.parent(),
                stands ? Move.TO_PARENT : Move.NONE,
                snapshot.sent(),
                server.isPresent() ? memory(snapshot) : ByteCount.ZERO,
                copied(snapshot, server, children),
                average(before));
    }

    /// @throws StasisException `WRONG_STATE` if it cannot be deleted now
    static void require(Snapshot snapshot) {
        List<String> refusals = refusals(snapshot);
        if (!refusals.isEmpty()) {
            throw new StasisException(ErrorCode.WRONG_STATE, String.join(" ", refusals));
        }
    }

    private static List<String> refusals(Snapshot snapshot) {
        List<String> refusals = new ArrayList<>();
        if (snapshot.state().worker().isPresent() || snapshot.state() instanceof SnapshotState.Queued) {
            refusals.add("Cannot delete snapshot " + snapshot.id() + " while it is "
                    + snapshot.state().status() + ".");
        }
        if (snapshot.isProtected()) {
            refusals.add("Snapshot " + snapshot.id() + " is protected: take the protection back before deleting it.");
        }
        return refusals;
    }

    private static List<String> waits(Optional<Instance> server) {
        return server
                .filter(instance -> instance.host().isPresent())
                .flatMap(instance -> instance.state()
                        .taskState()
                        .map(task -> "What its host keeps of it goes once server " + instance.id()
                                + " is no longer in task_state " + task + "."))
                .stream()
                .toList();
    }

    private static Optional<Receipt> receipt(Snapshot snapshot) {
        return snapshot.sealed().map(SealedBundle::manifest).flatMap(Manifest::receipt);
    }

    private static boolean leavesNothing(Snapshot snapshot) {
        return receipt(snapshot)
                .filter(receipt -> receipt.strategy().startsWith(LEAVES_NOTHING))
                .isPresent();
    }

    private static ByteCount memory(Snapshot snapshot) {
        return snapshot.sealed().stream()
                .flatMap(bundle -> bundle.manifest().parts().stream())
                .filter(Part.Memory.class::isInstance)
                .map(part -> part.content().size())
                .reduce(ByteCount.ZERO, ByteCount::plus);
    }

    private static Optional<ByteCount> copied(Snapshot snapshot, Optional<Instance> server, List<Snapshot> children) {
        if (server.isEmpty() || children.size() != 1 || leavesNothing(snapshot)) {
            return Optional.of(ByteCount.ZERO);
        }
        Snapshot child = children.getFirst();
        return leavesNothing(child)
                ? Optional.empty()
                : child.sealed().map(SealedBundle::manifest).flatMap(Deletion::written);
    }

    /// What the disks' capture read: everything that had been written since the one before, unless it had to read
    /// all.
    private static Optional<ByteCount> written(Manifest manifest) {
        Set<String> disks = manifest.parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(part -> ((Part.Disk) part).target().value())
                .collect(Collectors.toSet());
        List<Receipt.Transfer> transfers = manifest.receipt().map(Receipt::transfers).orElse(List.of()).stream()
                .filter(transfer -> disks.contains(transfer.part()))
                .toList();
        boolean exact = !transfers.isEmpty()
                && transfers.stream().allMatch(transfer -> transfer.mode() == Receipt.Mode.INCREMENTAL);
        return exact
                ? Optional.of(transfers.stream().map(Receipt.Transfer::read).reduce(ByteCount.ZERO, ByteCount::plus))
                : Optional.empty();
    }

    private static Optional<Duration> average(List<Duration> took) {
        return took.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        took.stream().reduce(Duration.ZERO, Duration::plus).dividedBy(took.size()));
    }
}
