package cloud.stasis.gateway.doctor.store;

import cloud.stasis.gateway.doctor.Examinations;
import cloud.stasis.gateway.doctor.HostExamination;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.messages.CommandResult.Examined;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.model.HostId;
import cloud.stasis.model.SagaId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/// The table `host_examination`.
@ApplicationScoped
class ExaminationTable implements Examinations {
    private final Rows rows;

    ExaminationTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public Optional<HostExamination> find(HostId host) {
        return rows.findByIdOptional(host.value()).map(ExaminationTable::read);
    }

    @Override
    public void save(HostExamination examination) {
        ExaminationEntity row =
                rows.findByIdOptional(examination.host().value()).orElseGet(ExaminationEntity::new);
        row.hostId = examination.host().value();
        row.sagaId = examination.worker().map(SagaId::value).orElse(null);
        row.mending = examination.mending().name();
        row.begunAt = examination.begunAt();
        row.endedAt = examination.endedAt().orElse(null);
        row.findings = examination.examined().map(RowJson::write).orElse(null);
        row.more = examination.examined().map(Examined::more).orElse(0);
        row.error = examination.error().orElse(null);
        rows.persist(row);
    }

    private static HostExamination read(ExaminationEntity row) {
        return new HostExamination(
                new HostId(row.hostId),
                Optional.ofNullable(row.sagaId).map(SagaId::new),
                Mending.valueOf(row.mending),
                row.begunAt,
                Optional.ofNullable(row.endedAt),
                Optional.ofNullable(row.findings).map(json -> RowJson.read(json, Examined.class)),
                Optional.ofNullable(row.error));
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<ExaminationEntity, String> {}
}
