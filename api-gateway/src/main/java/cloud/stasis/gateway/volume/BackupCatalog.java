package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Backup.Mode;
import cloud.stasis.gateway.volume.Backup.Status;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeState.Work;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// What tenants do with backups of volumes. Each method is one transaction.
public final class BackupCatalog {
    private static final String WHAT = "Backup";
    private static final Set<Status> DELETABLE = Set.of(Status.AVAILABLE, Status.ERROR, Status.ERROR_DELETING);

    private final Transactions transactions;
    private final Shelf<Backup> backups;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeHosts hosts;
    private final BackendChoice choice;
    private final Quotas quotas;
    private final VolumeQuota volumeQuota;
    private final SagaRunner sagas;
    private final BackupSagas kinds;
    private final Clock clock;

    public BackupCatalog(
            Transactions transactions,
            Shelf<Backup> backups,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeHosts hosts,
            BackendChoice choice,
            VolumeQuota volumeQuota,
            SagaRunner sagas,
            BackupSagas kinds,
            Clock clock) {
        this.transactions = transactions;
        this.backups = backups;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.hosts = hosts;
        this.choice = choice;
        this.quotas = volumeQuota.quotas();
        this.volumeQuota = volumeQuota;
        this.sagas = sagas;
        this.kinds = kinds;
        this.clock = clock;
    }

    /// What begins with each kind of work.
    public record BackupSagas(BackupVolume make, RestoreBackup restore, DeleteBackup delete, ImportBackup take) {}

    /// @param snapshot of the volume, to keep that instead of what the volume holds now
    public record NewBackup(
            VolumeId volume, Optional<SnapshotId> snapshot, Label label, Optional<String> container, Mode mode) {}

    /// Begins to keep a volume, or a snapshot of it.
    ///
    /// @throws StasisException `INVALID_REQUEST` unless the volume is available, or in use and `forced`
    public Backup create(Caller caller, NewBackup asked, VolumeCatalog.Force force) {
        return transactions.call(() -> begin(caller, asked, force)).backup();
    }

    /// A backup that is being made, and the job that does it.
    public record Begun(Backup backup, Job job) {}

    /// What the next backup of a volume is to be called.
    public Mode modeOf(VolumeId volume) {
        return backups.of(volume).stream().anyMatch(former -> former.status() == Status.AVAILABLE)
                ? Mode.INCREMENTAL
                : Mode.FULL;
    }

    /// As [#create], within the caller's transaction.
    public Begun begin(Caller caller, NewBackup asked, VolumeCatalog.Force force) {
        Volume found = volumes.visible(caller, asked.volume());
        quotas.require(
                found.project(),
                Map.of(Resource.BACKUPS, 1L, Resource.BACKUP_GIB, found.size().gibRoundedUp()));
        Volume volume = volumes.lockVisible(caller, asked.volume());
        Optional<VolumeSnapshot> snapshot = asked.snapshot().map(id -> of(caller, volume, id));
        requireReadable(volume, snapshot, force);
        if (asked.mode() == Mode.INCREMENTAL
                && backups.of(volume.id()).stream().noneMatch(former -> former.status() == Status.AVAILABLE)) {
            throw invalid("Invalid backup: No backups available to do an incremental backup.");
        }
        SagaId saga = SagaId.random();
        Backup backup = backup(caller, volume, snapshot, asked, saga);
        backups.add(backup);
        if (snapshot.isEmpty()) {
            volumes.save(volume.in(VolumeCatalog.working(volume, Work.BACKING_UP, saga), clock.instant()));
        }
        VolumeBundle bundle = VolumeBundle.of(
                volume,
                Opening.of(volume, hosts),
                asked.snapshot(),
                backup.reference(),
                VolumeBundle.Form.QCOW2,
                Map.of(
                        "kind", "backup",
                        "name", asked.label().name(),
                        "project", backup.project().value(),
                        "volume", volume.id().toString()));
        Job job = job(caller, backup, JobKind.BACKUP_VOLUME);
        sagas.start(saga, new Start<>(kinds.make(), new BackupVolume.Data(backup.key(), bundle)), job);
        return new Begun(backup, job);
    }

    private VolumeSnapshot of(Caller caller, Volume volume, SnapshotId id) {
        VolumeSnapshot snapshot = snapshots.visible(caller, id);
        if (!snapshot.volume().equals(volume.id())) {
            throw invalid("Invalid snapshot: it is one of another volume.");
        }
        return snapshot;
    }

    private static void requireReadable(Volume volume, Optional<VolumeSnapshot> snapshot, VolumeCatalog.Force force) {
        if (snapshot.isPresent()) {
            if (!(snapshot.get().state() instanceof VolumeSnapshot.State.Available)) {
                throw invalid("Invalid snapshot: it must be available to be backed up.");
            }
            return;
        }
        boolean mayBe = volume.state() instanceof VolumeState.Available
                || volume.state() instanceof VolumeState.InUse && force == VolumeCatalog.Force.YES;
        if (!mayBe) {
            throw invalid("Invalid volume: Volume to be backed up must be available or in-use, but the current status"
                    + " is \"" + volume.state().status() + "\". Backing up a volume in use needs the force flag.");
        }
    }

    private Backup backup(
            Caller caller, Volume volume, Optional<VolumeSnapshot> snapshot, NewBackup asked, SagaId saga) {
        Instant now = clock.instant();
        return new Backup(
                UUID.randomUUID(),
                volume.project(),
                caller.user(),
                volume.id(),
                asked.snapshot(),
                asked.label(),
                asked.container(),
                asked.mode(),
                snapshot.map(VolumeSnapshot::size).orElse(volume.size()),
                new Backup.Original(
                        volume.label().name(),
                        volume.label().metadata(),
                        volume.nature().use(),
                        volume.nature().image()),
                Status.CREATING,
                Optional.of(saga),
                Optional.empty(),
                Optional.empty(),
                now,
                now);
    }

    public Backup show(Caller caller, UUID key) {
        return backups.visible(caller, key, WHAT);
    }

    public List<Backup> list(Caller caller, Shelf.Scope scope) {
        return backups.visible(caller, scope);
    }

    /// Begins to give back what a backup holds.
    ///
    /// @param into a volume that is available and large enough; empty for a new one
    /// @param name of the new one
    /// @return the volume
    public Volume restore(Caller caller, UUID key, Optional<VolumeId> into, Optional<String> name) {
        return transactions.call(() -> {
            ByteCount size = backups.visible(caller, key, WHAT).size();
            if (into.isEmpty()) {
                volumeQuota.require(caller.project(), VolumeQuota.Demand.volume(Volume.Nature.BLANK.type(), size));
                volumeQuota.requireSize(caller.project(), size);
            }
            Optional<Volume> existing = into.map(id -> volumes.lockVisible(caller, id));
            Backup backup = backups.lockVisible(caller, key, WHAT);
            if (backup.status() != Status.AVAILABLE) {
                throw invalid("Invalid backup: Backup status must be available");
            }
            existing.ifPresent(volume -> requireRoom(volume, backup));
            SagaId saga = SagaId.random();
            Instant now = clock.instant();
            VolumeState working = new VolumeState.Working(Work.RESTORING_BACKUP, saga, Optional.empty());
            Volume volume = existing.map(found -> restored(found, backup, now).in(working, now))
                    .orElseGet(() -> fresh(caller, backup, name, working, now));
            if (existing.isPresent()) {
                volumes.save(volume);
            } else {
                volumes.add(volume);
            }
            backups.save(backup.in(Status.RESTORING, Optional.of(saga), now));
            sagas.start(
                    saga,
                    new Start<>(
                            kinds.restore(),
                            new RestoreBackup.Data(
                                    key, volume.id(), volume.backend(), volume.size(), backup.content())),
                    job(caller, backup, JobKind.RESTORE_BACKUP));
            return volume;
        });
    }

    private static void requireRoom(Volume volume, Backup backup) {
        if (!(volume.state() instanceof VolumeState.Available)) {
            throw invalid("Invalid volume: Volume to be restored to must be available");
        }
        if (volume.size().compareTo(backup.size()) < 0) {
            throw invalid("Invalid volume: volume size " + volume.size().gibRoundedUp()
                    + " is too small to restore backup of size " + backup.size().gibRoundedUp() + ".");
        }
    }

    /// What is said of the volume that was kept is true of the one that it comes back to.
    private static Volume restored(Volume volume, Backup backup, Instant now) {
        Backup.Original original = backup.original();
        return volume.with(
                volume.nature()
                        .used(new Volume.Use(
                                original.use().isBootable(),
                                volume.nature().use().access()))
                        .imaged(original.image()),
                now);
    }

    private Volume fresh(Caller caller, Backup backup, Optional<String> name, VolumeState state, Instant now) {
        Label label = new Label(
                name.orElse("restore_backup_" + backup.key()),
                Optional.empty(),
                backup.original().metadata());
        Volume blank = new Volume(
                VolumeId.random(),
                caller.project(),
                caller.user(),
                label,
                Volume.Nature.BLANK,
                backup.size(),
                choice.choose(Volume.Nature.BLANK.type(), backup.size()),
                state,
                now,
                now,
                Optional.empty());
        return restored(blank, backup, now);
    }

    public Backup relabel(Caller caller, UUID key, UnaryOperator<Label> change) {
        return transactions.call(() -> {
            Backup backup = backups.lockVisible(caller, key, WHAT);
            Backup changed = backup.labelled(change.apply(backup.label()), clock.instant());
            backups.save(changed);
            return changed;
        });
    }

    /// An operator's word on a backup. Who works on it loses its hold on it.
    public void mark(Caller caller, UUID key, Status status) {
        transactions.run(() -> {
            Backup backup = backups.lockVisible(caller, key, WHAT);
            backups.save(backup.in(status, Optional.empty(), clock.instant()));
        });
    }

    /// @throws StasisException `INVALID_REQUEST` while something is done with it
    public void delete(Caller caller, UUID key) {
        transactions.run(() -> {
            Backup backup = backups.lockVisible(caller, key, WHAT);
            if (!DELETABLE.contains(backup.status())) {
                throw invalid("Invalid backup: Backup status must be available or error");
            }
            SagaId saga = SagaId.random();
            backups.save(backup.in(Status.DELETING, Optional.of(saga), clock.instant()));
            sagas.start(
                    saga,
                    new Start<>(kinds.delete(), new DeleteBackup.Data(key, backup.reference())),
                    job(caller, backup, JobKind.DELETE_BACKUP));
        });
    }

    /// Begins to take a backup over that a record describes: its bundle must be in the store.
    ///
    /// @param described as an export wrote it; becomes the caller's project's
    /// @throws StasisException `NAME_TAKEN` if there is one of this id
    public Backup take(Caller caller, Backup described) {
        return transactions.call(() -> {
            Manifest manifest =
                    described.manifest().orElseThrow(() -> invalid("Invalid backup: the record names no content."));
            quotas.require(
                    caller.project(),
                    Map.of(
                            Resource.BACKUPS,
                            1L,
                            Resource.BACKUP_GIB,
                            described.size().gibRoundedUp()));
            SagaId saga = SagaId.random();
            Backup backup = described.takenBy(caller, saga, clock.instant());
            backups.add(backup);
            sagas.start(
                    saga,
                    new Start<>(kinds.take(), new ImportBackup.Data(backup.key(), backup.reference(), manifest)),
                    job(caller, backup, JobKind.IMPORT_BACKUP));
            return backup;
        });
    }

    private Job job(Caller caller, Backup backup, JobKind kind) {
        return Job.accepted(caller, backup.project(), kind, JobSubject.of(backup.volume()), clock.instant());
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
