package cloud.stasis.gateway.wiring;

import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.FileSource;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.gateway.bus.StateConfiguration;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.state.DatabaseDump;
import cloud.stasis.gateway.state.SealState;
import cloud.stasis.gateway.state.StateBackupRows;
import cloud.stasis.gateway.state.StateBackups;
import cloud.stasis.gateway.state.StateLock;
import cloud.stasis.gateway.state.StateSchedule;
import cloud.stasis.gateway.state.StateStore;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.ReferenceName;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/// Backups of the control plane's own state.
@Singleton
class StateBeans {
    /// Dumps, and looks whether one is due: one after the other.
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("state-backup").factory());

    @Produces
    @Singleton
    @DefaultBean
    StateStore stateStore(Transactions transactions, Grants grants) {
        return (backup, file) -> {
            StoreGrant grant = transactions.call(() -> grants.toWrite(ReferenceName.of(backup)));
            try (FileSource source = FileSource.of(file)) {
                return new HttpContentStore(grant.store(), grant.token())
                        .upload(
                                source,
                                new Content(IndexId.ZERO, source.size()),
                                List.of(new Extent(0, source.size().bytes())),
                                TransferListener.NONE)
                        .content();
            }
        };
    }

    @Produces
    @Singleton
    SealState sealState(StateBackupRows rows, Outbox outbox, DropBundle dropBundle, StateConfiguration configuration) {
        return new SealState(rows, outbox, dropBundle, configuration.keep());
    }

    @Produces
    @Singleton
    StateBackups stateBackups(
            Transactions transactions,
            StateBackupRows rows,
            StateLock lock,
            DatabaseDump database,
            StateStore store,
            SagaRunner sagas,
            SealState sealState,
            DropBundle dropBundle,
            Clock clock) {
        return new StateBackups(transactions, rows, lock, database, store, sagas, sealState, dropBundle, thread, clock);
    }

    @Produces
    @Singleton
    StateSchedule stateSchedule(StateBackups backups, StateConfiguration configuration, Clock clock) {
        return new StateSchedule(backups, configuration.interval(), thread, clock);
    }

    void start(@Observes StartupEvent event, StateSchedule schedule) {
        schedule.start();
    }

    void stop(@Observes ShutdownEvent event, StateSchedule schedule) {
        schedule.close();
    }
}
