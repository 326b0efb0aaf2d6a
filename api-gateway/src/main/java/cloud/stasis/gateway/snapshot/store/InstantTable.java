package cloud.stasis.gateway.snapshot.store;

import cloud.stasis.gateway.snapshot.InstantId;
import cloud.stasis.gateway.snapshot.InstantRows;
import cloud.stasis.gateway.snapshot.SharedInstant;
import cloud.stasis.gateway.snapshot.SharedInstant.Measured;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The table `shared_instant`.
@ApplicationScoped
class InstantTable implements InstantRows {
    private static final long NANOS_IN_MICRO = 1000;

    private final Rows rows;
    private final SnapshotTable.Rows snapshots;

    InstantTable(Rows rows, SnapshotTable.Rows snapshots) {
        this.rows = rows;
        this.snapshots = snapshots;
    }

    @Override
    public Optional<SharedInstant> find(InstantId instant) {
        return rows.findByIdOptional(instant.value()).map(InstantTable::read);
    }

    @Override
    public List<SharedInstant> list(ProjectId project, Optional<InstantId> after, int count) {
        StringBuilder where = new StringBuilder("projectId = :project");
        Parameters values = Parameters.with("project", project.value());
        after.flatMap(last -> rows.findByIdOptional(last.value())).ifPresent(last -> {
            where.append(" and (createdAt < :at or createdAt = :at and id < :after)");
            values.and("at", last.createdAt).and("after", last.id);
        });
        return rows.find(where + " order by createdAt desc, id desc", values).page(0, count).stream()
                .map(InstantTable::read)
                .toList();
    }

    @Override
    public void add(SharedInstant instant) {
        InstantEntity row = new InstantEntity();
        row.id = instant.id().value();
        row.projectId = instant.project().value();
        row.userId = instant.user().value();
        row.name = instant.name();
        row.servers = instant.servers();
        row.createdAt = instant.createdAt();
        rows.persist(row);
    }

    @Override
    public void measured(InstantId instant, Measured how) {
        rows.findByIdOptional(instant.value()).ifPresent(row -> {
            row.takenAt = how.takenAt();
            row.hosts = how.hosts();
            row.skewMicros = how.skew().toNanos() / NANOS_IN_MICRO;
        });
    }

    @Override
    public void removeIfEmpty(InstantId instant) {
        rows.findByIdOptional(instant.value(), LockModeType.PESSIMISTIC_WRITE)
                .filter(row -> snapshots.count("instantId", row.id) == 0)
                .ifPresent(rows::delete);
    }

    private static SharedInstant read(InstantEntity row) {
        return new SharedInstant(
                new InstantId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                row.name,
                row.servers,
                Optional.ofNullable(row.takenAt)
                        .map(at -> new Measured(
                                at,
                                Optional.ofNullable(row.hosts).orElseThrow(),
                                Duration.of(Optional.ofNullable(row.skewMicros).orElseThrow(), ChronoUnit.MICROS))),
                row.createdAt);
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<InstantEntity, UUID> {}
}
