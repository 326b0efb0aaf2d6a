package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.gateway.volume.Backup.Status;
import cloud.stasis.model.ErrorReport;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Keeps what a volume holds as a bundle in the store. The backup's row is there from the start, in `creating`;
/// the volume is `backing-up` until the bytes are in the store. A backup that failed stays as `error`, with the
/// reason, for the tenant to read and delete. Steps: see [VolumeBundle].
public final class BackupVolume implements Saga<BackupVolume.Data> {
    private final VolumeTurns volumes;
    private final Shelf<Backup> backups;
    private final Grants grants;
    private final Outbox outbox;
    private final Clock clock;

    public BackupVolume(VolumeTurns volumes, Shelf<Backup> backups, Grants grants, Outbox outbox, Clock clock) {
        this.volumes = volumes;
        this.backups = backups;
        this.grants = grants;
        this.outbox = outbox;
        this.clock = clock;
    }

    public record Data(UUID backup, VolumeBundle bundle) {}

    @Override
    public String name() {
        return "backup-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return VolumeBundle.steps(Data::bundle, (known, bundle) -> new Data(known.backup(), bundle), grants, outbox);
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        if (step.value().equals(VolumeBundle.SEAL)) {
            backups.lock(run.data().backup())
                    .ifPresent(backup ->
                            backups.save(backup.sealed(run.data().bundle().manifest(), clock.instant())));
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        end(run);
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        backups.lock(run.data().backup())
                .ifPresent(backup -> backups.save(backup.failed(cause.message(), clock.instant())));
        volumes.settle(run, run.data().bundle().volume());
    }

    /// Past the seal the backup is good, and only the worker was not told.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        if (run.data().bundle().fileSize().isPresent()) {
            end(run);
        } else {
            undone(run, failure);
        }
    }

    private void end(Run<Data> run) {
        backups.lock(run.data().backup())
                .ifPresent(backup -> backups.save(backup.in(Status.AVAILABLE, Optional.empty(), clock.instant())));
        volumes.settle(run, run.data().bundle().volume());
    }
}
