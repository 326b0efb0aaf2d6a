package cloud.stasis.gateway.policy;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.snapshot.SnapshotState;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.volume.Backup;
import cloud.stasis.gateway.volume.BackupCatalog;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.SnapshotCatalog;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeCatalog.Force;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Makes what policies make, looks how it is, and deletes it: by the same calls as tenants.
public final class Making {
    private static final String DESCRIPTION = "made by policy ";

    private final Snapshots snapshots;
    private final SnapshotRows snapshotRows;
    private final SnapshotCatalog volumeSnapshots;
    private final VolumeSnapshots volumeSnapshotRows;
    private final BackupCatalog backups;
    private final Shelf<Backup> backupShelf;

    public Making(
            Snapshots snapshots,
            SnapshotRows snapshotRows,
            SnapshotCatalog volumeSnapshots,
            VolumeSnapshots volumeSnapshotRows,
            BackupCatalog backups,
            Shelf<Backup> backupShelf) {
        this.snapshots = snapshots;
        this.snapshotRows = snapshotRows;
        this.volumeSnapshots = volumeSnapshots;
        this.volumeSnapshotRows = volumeSnapshotRows;
        this.backups = backups;
        this.backupShelf = backupShelf;
    }

    record Begun(UUID product, JobId job) {}

    /// How something that was made is now.
    enum Condition {
        GOOD,
        /// Good, and not to be deleted.
        PROTECTED,
        /// Something is done with it.
        BUSY,
        FAILED,
        GONE
    }

    /// Begins to make one, within the caller's transaction.
    ///
    /// @throws StasisException as if a tenant had asked for it
    Begun begin(Caller caller, SnapshotPolicy policy, UUID target, String name) {
        Label label = new Label(name, Optional.of(DESCRIPTION + policy.terms().name()), Map.of());
        return switch (policy.terms().product()) {
            case Product.ServerSnapshot(var asked) -> {
                Job job = snapshots.begin(caller, new InstanceId(target), name, asked, Optional.empty());
                yield new Begun(job.subject().snapshot().orElseThrow().value(), job.id());
            }
            case Product.VolumeSnapshot _ -> {
                SnapshotCatalog.Begun begun = volumeSnapshots.begin(caller, new VolumeId(target), label, Force.YES);
                yield new Begun(begun.snapshot().id().value(), begun.job().id());
            }
            case Product.VolumeBackup _ -> {
                BackupCatalog.Begun begun = backups.begin(
                        caller,
                        new BackupCatalog.NewBackup(
                                new VolumeId(target),
                                Optional.empty(),
                                label,
                                Optional.empty(),
                                backups.modeOf(new VolumeId(target))),
                        Force.YES);
                yield new Begun(begun.backup().key(), begun.job().id());
            }
        };
    }

    Condition condition(Product kind, UUID product) {
        return switch (kind) {
            case Product.ServerSnapshot _ ->
                snapshotRows
                        .find(new SnapshotId(product))
                        .map(Making::condition)
                        .orElse(Condition.GONE);
            case Product.VolumeSnapshot _ ->
                volumeSnapshotRows
                        .find(new SnapshotId(product))
                        .map(Making::condition)
                        .orElse(Condition.GONE);
            case Product.VolumeBackup _ ->
                backupShelf.find(product).map(Making::condition).orElse(Condition.GONE);
        };
    }

    private static Condition condition(Snapshot snapshot) {
        return switch (snapshot.state()) {
            case SnapshotState.Available _ -> snapshot.isProtected() ? Condition.PROTECTED : Condition.GOOD;
            case SnapshotState.Failed _ -> snapshot.isProtected() ? Condition.PROTECTED : Condition.FAILED;
            case SnapshotState.Queued _,
                    SnapshotState.Creating _,
                    SnapshotState.Reverting _,
                    SnapshotState.Cloning _,
                    SnapshotState.Deleting _ -> Condition.BUSY;
        };
    }

    private static Condition condition(VolumeSnapshot snapshot) {
        return switch (snapshot.state()) {
            case VolumeSnapshot.State.Available _ -> Condition.GOOD;
            case VolumeSnapshot.State.Failed _ -> Condition.FAILED;
            case VolumeSnapshot.State.Creating _,
                    VolumeSnapshot.State.Restoring _,
                    VolumeSnapshot.State.Deleting _,
                    VolumeSnapshot.State.Marked _ -> Condition.BUSY;
        };
    }

    private static Condition condition(Backup backup) {
        return switch (backup.status()) {
            case AVAILABLE -> Condition.GOOD;
            case ERROR -> Condition.FAILED;
            case CREATING, RESTORING, DELETING, ERROR_DELETING -> Condition.BUSY;
        };
    }

    /// Begins to delete one.
    ///
    /// @throws StasisException as if a tenant had asked for it
    void drop(Caller caller, Product kind, UUID product) {
        switch (kind) {
            case Product.ServerSnapshot _ -> snapshots.delete(caller, new SnapshotId(product), Optional.empty());
            case Product.VolumeSnapshot _ ->
                volumeSnapshots.delete(caller, new SnapshotId(product), SnapshotCatalog.Deletion.PLAIN);
            case Product.VolumeBackup _ -> backups.delete(caller, product);
        }
    }
}
