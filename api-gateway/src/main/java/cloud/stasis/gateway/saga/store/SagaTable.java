package cloud.stasis.gateway.saga.store;

import cloud.stasis.gateway.saga.Progress;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.saga.SagaLog;
import cloud.stasis.gateway.saga.StoredRun;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.SagaId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// The table `saga`.
@ApplicationScoped
class SagaTable implements SagaLog {
    private final Rows rows;
    private final Clock clock;

    SagaTable(Rows rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public void add(StoredRun run) {
        SagaEntity row = new SagaEntity();
        row.id = run.id().value();
        row.name = run.saga();
        row.jobId = run.job().map(JobId::value).orElse(null);
        row.requestId = run.requestId();
        row.createdAt = clock.instant();
        write(row, run);
        rows.persist(row);
    }

    @Override
    public void save(StoredRun run) {
        write(rows.findById(run.id().value()), run);
    }

    @Override
    public Optional<StoredRun> find(SagaId saga) {
        return rows.findByIdOptional(saga.value()).map(SagaTable::read);
    }

    @Override
    public Optional<StoredRun> awaiting(CommandId command) {
        return rows.find("awaited", command.value()).firstResultOptional().map(SagaTable::read);
    }

    @Override
    public List<SagaId> due(Instant now, int limit) {
        return rows
                .find("select id from Saga where wakeAt <= ?1 order by wakeAt", now)
                .page(0, limit)
                .project(UUID.class)
                .stream()
                .map(SagaId::new)
                .toList();
    }

    private void write(SagaEntity row, StoredRun run) {
        row.standing = run.progress().getClass().getSimpleName().toUpperCase(Locale.ROOT);
        row.progress = RowJson.write(run.progress());
        row.data = run.data();
        row.awaited = run.awaited().map(CommandId::value).orElse(null);
        row.wakeAt = run.wakeAt().orElse(null);
        row.updatedAt = clock.instant();
    }

    private static StoredRun read(SagaEntity row) {
        return new StoredRun(
                new SagaId(row.id),
                row.name,
                RowJson.read(row.progress, Progress.class),
                row.data,
                Optional.ofNullable(row.jobId).map(JobId::new),
                row.requestId,
                Optional.ofNullable(row.awaited).map(CommandId::new),
                Optional.ofNullable(row.wakeAt));
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<SagaEntity, UUID> {}
}
