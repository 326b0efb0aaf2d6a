package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The rows of safety snapshots of volumes: what a volume held before a revert, of it or of its server, gave
/// that up. A volume has only few of them, and the oldest go. Within transactions of the callers.
public final class VolumeSafety {
    /// Safety snapshots of one volume that are kept.
    static final int KEPT = 3;

    private final VolumeSnapshots snapshots;
    private final DeleteVolumeSnapshot deleteSnapshot;
    private final Clock clock;

    public VolumeSafety(VolumeSnapshots snapshots, DeleteVolumeSnapshot deleteSnapshot, Clock clock) {
        this.snapshots = snapshots;
        this.deleteSnapshot = deleteSnapshot;
        this.clock = clock;
    }

    /// Enters one that the saga takes.
    ///
    /// @param to what the volume goes back to, as its tenant calls it
    public SnapshotId begin(UserId user, Volume volume, String to, SagaId saga) {
        String name = "before revert to " + to;
        VolumeSnapshot kept = VolumeSnapshot.of(
                volume,
                SnapshotId.random(),
                user,
                new Label(name.substring(0, Math.min(name.length(), Label.MAX_NAME)), Optional.empty(), Map.of()),
                Optional.empty(),
                VolumeSnapshot.Occasion.BEFORE_REVERT,
                saga,
                clock.instant());
        snapshots.add(kept);
        return kept.id();
    }

    /// The volume went back.
    ///
    /// @param opened the server that has it, if one does
    /// @return sagas that forget those that are too many
    public List<Start<?>> kept(Run<?> run, VolumeId volume, SnapshotId safety, Optional<Opened> opened) {
        change(run, safety, snapshot -> snapshot.in(new VolumeSnapshot.State.Available(), clock.instant()));
        List<VolumeSnapshot> kept = snapshots.lockAllOf(volume).stream()
                .filter(snapshot -> snapshot.isSafety() && snapshot.state() instanceof VolumeSnapshot.State.Available)
                .sorted(Comparator.comparing(VolumeSnapshot::createdAt).reversed())
                .toList();
        List<Start<?>> deletions = new ArrayList<>();
        for (VolumeSnapshot old : kept.subList(Math.min(KEPT, kept.size()), kept.size())) {
            SagaId deletion = SagaId.random();
            snapshots.save(old.in(new VolumeSnapshot.State.Deleting(deletion), clock.instant()));
            deletions.add(new Start<>(
                    deletion,
                    deleteSnapshot,
                    new DeleteVolumeSnapshot.Data(old.id(), old.volume(), old.backend(), opened)));
        }
        return deletions;
    }

    /// The volume did not go back, and the snapshot is forgotten.
    public void forgotten(Run<?> run, SnapshotId safety) {
        change(run, safety, snapshot -> snapshot.deleted(clock.instant()));
    }

    /// Nobody knows.
    public void stuck(Run<?> run, SnapshotId safety) {
        change(run, safety, snapshot -> snapshot.in(new VolumeSnapshot.State.Failed(), clock.instant()));
    }

    private void change(Run<?> run, SnapshotId safety, UnaryOperator<VolumeSnapshot> next) {
        snapshots
                .lock(safety)
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(next.apply(snapshot)));
    }
}
