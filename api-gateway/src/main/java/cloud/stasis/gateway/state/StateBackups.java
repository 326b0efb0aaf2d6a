package cloud.stasis.gateway.state;

import cloud.stasis.chunks.DiskErrors;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.state.StateBackup.Origin;
import cloud.stasis.gateway.state.StateBackup.Status;
import cloud.stasis.gateway.state.StateLock.Held;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StateBackupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/// Takes and deletes backups of the control plane's own state.
public final class StateBackups {
    private static final Logger LOG = Logger.getLogger(StateBackups.class);

    private final Transactions transactions;
    private final StateBackupRows rows;
    private final StateLock lock;
    private final DatabaseDump database;
    private final StateStore store;
    private final SagaRunner sagas;
    private final SealState sealState;
    private final DropBundle dropBundle;
    private final Executor dumper;
    private final Clock clock;

    /// @param dumper runs one dump after the other
    public StateBackups(
            Transactions transactions,
            StateBackupRows rows,
            StateLock lock,
            DatabaseDump database,
            StateStore store,
            SagaRunner sagas,
            SealState sealState,
            DropBundle dropBundle,
            Executor dumper,
            Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.lock = lock;
        this.database = database;
        this.store = store;
        this.sagas = sagas;
        this.sealState = sealState;
        this.dropBundle = dropBundle;
        this.dumper = dumper;
        this.clock = clock;
    }

    /// The newest first.
    public List<StateBackup> all() {
        return transactions.call(rows::all);
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public StateBackup one(StateBackupId id) {
        return transactions.call(() -> rows.find(id)).orElseThrow(() -> unknown(id));
    }

    /// Begins to take one.
    ///
    /// @throws StasisException `WRONG_STATE` if one is being taken
    public StateBackup take(Caller caller) {
        Held held = lock.tryTake()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.WRONG_STATE, "A backup of the state is being taken: try again when it is done."));
        return begin(Origin.REQUEST, caller.requestId(), held);
    }

    /// Takes one if the last scheduled one began so long ago, and says `error` of what others left half done.
    ///
    /// @param since when this gateway began to look; counts as a backup where there is none
    void takeIfDue(Duration interval, Instant since) {
        Optional<Held> free = lock.tryTake();
        if (free.isEmpty()) {
            return;
        }
        Held held = free.get();
        boolean isDue = false;
        try {
            transactions.run(this::settle);
            Instant last = transactions.call(() -> rows.all().stream()
                    .filter(StateBackup::isScheduled)
                    .map(StateBackup::begunAt)
                    .findFirst()
                    .orElse(since));
            isDue = !last.plus(interval).isAfter(clock.instant());
        } finally {
            if (!isDue) {
                held.close();
            }
        }
        if (isDue) {
            begin(Origin.SCHEDULE, "", held);
        }
    }

    /// Nobody dumps while the lock is ours.
    private void settle() {
        rows.all().stream()
                .filter(backup -> backup.status() instanceof Status.Dumping)
                .forEach(backup -> rows.save(backup.with(new Status.Error(
                        new ErrorReport(ErrorCode.CANCELLED, "The gateway that took it was ended meanwhile.")))));
    }

    private StateBackup begin(Origin origin, String requestId, Held held) {
        StateBackup backup;
        try {
            backup = transactions.call(() -> {
                settle();
                StateBackup made = new StateBackup(
                        StateBackupId.random(),
                        origin,
                        new Status.Dumping(),
                        clock.instant().truncatedTo(ChronoUnit.MICROS),
                        Optional.empty());
                rows.add(made);
                return made;
            });
        } catch (RuntimeException e) {
            held.close();
            throw e;
        }
        dumper.execute(() -> {
            try (held) {
                carryOut(backup, requestId);
            }
        });
        return backup;
    }

    private void carryOut(StateBackup backup, String requestId) {
        try {
            Content content = dumped(backup.id());
            Manifest manifest = manifest(backup, content);
            transactions.run(() -> rows.lock(backup.id()).ifPresent(row -> {
                rows.save(row.saving(content.size()));
                sagas.start(SagaId.random(), new Start<>(sealState, new SealState.Data(row.id(), manifest)), requestId);
            }));
        } catch (RuntimeException e) {
            LOG.errorf(e, "The state could not be backed up backupId=%s", backup.id());
            ErrorReport why = ErrorReport.of(e);
            transactions.run(() -> rows.lock(backup.id()).ifPresent(row -> rows.save(row.with(new Status.Error(why)))));
        }
    }

    private Content dumped(StateBackupId id) {
        try {
            Path directory = Files.createTempDirectory("stasis-state-");
            Path file = directory.resolve("dump");
            try {
                database.write(file);
                return store.put(id, file);
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            throw DiskErrors.of("dump the state", e);
        }
    }

    private Manifest manifest(StateBackup backup, Content content) {
        return new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.STATE,
                Optional.empty(),
                backup.begunAt(),
                Optional.empty(),
                List.of(new Part.File(content)),
                Optional.empty(),
                Map.of(
                        "name",
                        "state-" + backup.begunAt().truncatedTo(ChronoUnit.SECONDS),
                        "format",
                        database.format()));
    }

    /// Enters one that the store has, within the transaction of its caller.
    public void found(StateBackupId id, Manifest manifest) {
        Optional<StateBackup> known = rows.lock(id);
        if (known.isEmpty()) {
            rows.add(new StateBackup(
                    id, Origin.STORE, new Status.Available(), manifest.takenAt(), Optional.of(manifest.logicalSize())));
        } else if (!(known.get().status() instanceof Status.Saving)) {
            rows.save(known.get().saving(manifest.logicalSize()).with(new Status.Available()));
        }
    }

    /// Begins to delete one.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND`, `WRONG_STATE` while it is being taken
    public Job delete(Caller caller, StateBackupId id) {
        return transactions.call(() -> {
            StateBackup backup = rows.lock(id).orElseThrow(() -> unknown(id));
            switch (backup.status()) {
                case Status.Dumping _, Status.Saving _ ->
                    throw new StasisException(ErrorCode.WRONG_STATE, "State backup " + id + " is being taken.");
                case Status.Available _, Status.Error _ -> rows.remove(id);
            }
            Job job = Job.accepted(
                    caller, caller.project(), JobKind.DELETE_STATE_BACKUP, JobSubject.NONE, clock.instant());
            sagas.start(SagaId.random(), new Start<>(dropBundle, new DropBundle.Data(ReferenceName.of(id))), job);
            return job;
        });
    }

    private static StasisException unknown(StateBackupId id) {
        return new StasisException(ErrorCode.OBJECT_NOT_FOUND, "There is no state backup " + id + ".");
    }
}
