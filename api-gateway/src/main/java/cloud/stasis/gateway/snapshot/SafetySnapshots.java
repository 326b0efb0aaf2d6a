package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.GoesWithServer;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps the number of safety snapshots small: nobody asked for them. Of a server that is gone none is kept, for what
/// they would undo is gone too. Protected ones stay in any case.
public final class SafetySnapshots implements GoesWithServer {
    /// Kept of one server.
    static final int KEPT = 3;

    private final Instances instances;
    private final SnapshotRows snapshots;
    private final DeleteSnapshot deleteSnapshot;
    private final Clock clock;

    public SafetySnapshots(Instances instances, SnapshotRows snapshots, DeleteSnapshot deleteSnapshot, Clock clock) {
        this.instances = instances;
        this.snapshots = snapshots;
        this.deleteSnapshot = deleteSnapshot;
        this.clock = clock;
    }

    @Override
    public List<Start<?>> after(InstanceId gone) {
        return deletions(gone, 0, Optional.empty());
    }

    /// Begins to delete those that are too many. Within a transaction.
    List<Start<?>> superfluous(InstanceId server) {
        Optional<Instance> present = instances.find(server);
        return deletions(server, present.isPresent() ? KEPT : 0, present.flatMap(Instance::host));
    }

    private List<Start<?>> deletions(InstanceId server, int kept, Optional<HostId> host) {
        List<Snapshot> found = snapshots.ofServer(server).stream()
                .filter(SafetySnapshots::mayGo)
                .toList();
        List<Start<?>> deletions = new ArrayList<>();
        for (Snapshot old : found.subList(0, Math.max(0, found.size() - kept))) {
            SagaId deletion = SagaId.random();
            snapshots.lock(old.id()).filter(SafetySnapshots::mayGo).ifPresent(snapshot -> {
                snapshots.save(snapshot.in(new SnapshotState.Deleting(deletion), clock.instant()));
                deletions.add(new Start<>(deletion, deleteSnapshot, new DeleteSnapshot.Data(old.id(), server, host)));
            });
        }
        return deletions;
    }

    private static boolean mayGo(Snapshot snapshot) {
        return snapshot.isSafety() && !snapshot.isProtected() && snapshot.state() instanceof SnapshotState.Available;
    }
}
