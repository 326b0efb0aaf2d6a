package cloud.stasis.gateway.state;

import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.state.StateBackup.Status;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StateBackupId;
import java.util.List;
import java.util.Optional;

/// Names a dump whose bytes are in the store, and lets go of the scheduled ones that are too many then.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | seal (commit point) | image service | SealBundle | DropReference |
public final class SealState implements Saga<SealState.Data> {
    private final StateBackupRows rows;
    private final Outbox outbox;
    private final DropBundle dropBundle;
    private final int keep;

    /// @param keep so many scheduled backups
    public SealState(StateBackupRows rows, Outbox outbox, DropBundle dropBundle, int keep) {
        this.rows = rows;
        this.outbox = outbox;
        this.dropBundle = dropBundle;
        this.keep = keep;
    }

    public record Data(StateBackupId backup, Manifest manifest) {}

    @Override
    public String name() {
        return "seal-state";
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
                                outbox.imageTopic(),
                                new ImageCommand.SealBundle(ReferenceName.of(known.backup()), known.manifest())))
                .undoneBy(known -> new Request(
                        outbox.imageTopic(), new ImageCommand.DropReference(ReferenceName.of(known.backup()))))
                .committing());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Optional<StateBackup> wanted = rows.lock(run.data().backup());
        if (wanted.isEmpty()) {
            return List.of(drop(run.data().backup()));
        }
        rows.save(wanted.get().with(new Status.Available()));
        List<StateBackupId> old = rows.all().stream()
                .filter(StateBackup::isScheduled)
                .filter(StateBackup::isAvailable)
                .skip(keep)
                .map(StateBackup::id)
                .toList();
        old.forEach(rows::remove);
        forgetFailures();
        return List.copyOf(old.stream().map(this::drop).toList());
    }

    /// The schedule has made up for them.
    private void forgetFailures() {
        rows.all().stream()
                .filter(StateBackup::isScheduled)
                .filter(backup -> backup.status() instanceof Status.Error)
                .map(StateBackup::id)
                .toList()
                .forEach(rows::remove);
    }

    private Start<DropBundle.Data> drop(StateBackupId backup) {
        return new Start<>(dropBundle, new DropBundle.Data(ReferenceName.of(backup)));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        failed(run, cause);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        failed(run, failure);
    }

    private void failed(Run<Data> run, ErrorReport why) {
        rows.lock(run.data().backup()).ifPresent(backup -> rows.save(backup.with(new Status.Error(why))));
    }
}
