package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.Backup.Status;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Gives a backup that a record describes a bundle of its own. The store looks whether it has all that the
/// record names; if it lacks anything the backup is in `error` with that reason.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | seal | image service | SealBundle | DropReference |
public final class ImportBackup implements Saga<ImportBackup.Data> {
    private final Shelf<Backup> backups;
    private final Outbox outbox;
    private final Clock clock;

    public ImportBackup(Shelf<Backup> backups, Outbox outbox, Clock clock) {
        this.backups = backups;
        this.outbox = outbox;
        this.clock = clock;
    }

    public record Data(UUID backup, ReferenceName reference, Manifest manifest) {}

    @Override
    public String name() {
        return "import-backup";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "seal",
                        known -> new Request(
                                outbox.imageTopic(), new ImageCommand.SealBundle(known.reference(), known.manifest())))
                .undoneBy(
                        known -> new Request(outbox.imageTopic(), new ImageCommand.DropReference(known.reference()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        backups.lock(run.data().backup())
                .ifPresent(backup -> backups.save(backup.in(Status.AVAILABLE, Optional.empty(), clock.instant())));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        backups.lock(run.data().backup())
                .ifPresent(backup -> backups.save(backup.failed(cause.message(), clock.instant())));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        undone(run, failure);
    }
}
