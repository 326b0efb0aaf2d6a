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
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Forgets a backup. No other one needs it. There is no way back from the start on.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | drop-reference | image service | DropReference | none, forward only |
public final class DeleteBackup implements Saga<DeleteBackup.Data> {
    private final Shelf<Backup> backups;
    private final Outbox outbox;
    private final Clock clock;

    public DeleteBackup(Shelf<Backup> backups, Outbox outbox, Clock clock) {
        this.backups = backups;
        this.outbox = outbox;
        this.clock = clock;
    }

    public record Data(UUID backup, ReferenceName reference) {}

    @Override
    public String name() {
        return "delete-backup";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "drop-reference",
                        known -> new Request(outbox.imageTopic(), new ImageCommand.DropReference(known.reference())))
                .forwardOnly());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        backups.remove(run.data().backup());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("the deletion of a backup is never undone");
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        backups.lock(run.data().backup())
                .ifPresent(backup -> backups.save(backup.in(Status.ERROR_DELETING, Optional.empty(), clock.instant())));
    }
}
