package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.Backup.Status;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Lets a volume hold what a backup does: a new one, whose row is there from the start, or one that is there
/// already, whose snapshots stay. Backup and volume are `restoring` and `restoring-backup` meanwhile.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | fill-volume | volume service | FillVolume | none: it happens whole or not at all |
public final class RestoreBackup implements Saga<RestoreBackup.Data> {
    private final VolumeTurns volumes;
    private final Shelf<Backup> backups;
    private final Grants grants;
    private final Clock clock;

    public RestoreBackup(VolumeTurns volumes, Shelf<Backup> backups, Grants grants, Clock clock) {
        this.volumes = volumes;
        this.backups = backups;
        this.grants = grants;
        this.clock = clock;
    }

    public record Data(UUID backup, VolumeId volume, BackendId backend, ByteCount size, Content content) {}

    @Override
    public String name() {
        return "restore-backup";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of(
                "fill-volume",
                known -> new Request(
                        Topics.commands(known.backend()),
                        new VolumeCommand.FillVolume(
                                known.volume(), known.size(), known.content(), grants.toRead(known.volume())))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        volumes.settle(run, run.data().volume());
        release(run);
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        volumes.change(run, run.data().volume(), state -> new VolumeState.Marked("error_restoring"));
        release(run);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        undone(run, failure);
    }

    private void release(Run<Data> run) {
        backups.lock(run.data().backup())
                .filter(backup -> backup.worker().filter(run.id()::equals).isPresent())
                .ifPresent(backup -> backups.save(backup.in(Status.AVAILABLE, Optional.empty(), clock.instant())));
    }
}
