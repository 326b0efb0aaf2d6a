package cloud.stasis.gateway.state.store;

import cloud.stasis.gateway.state.StateBackup;
import cloud.stasis.gateway.state.StateBackup.Status;
import cloud.stasis.gateway.state.StateBackupRows;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.StateBackupId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// The table `state_backup`.
@ApplicationScoped
class StateBackupTable implements StateBackupRows {
    private final Rows rows;

    StateBackupTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public void add(StateBackup backup) {
        StateBackupEntity row = new StateBackupEntity();
        row.id = backup.id().value();
        row.origin = backup.origin().name();
        row.begunAt = backup.begunAt();
        write(backup, row);
        rows.persist(row);
    }

    @Override
    public Optional<StateBackup> lock(StateBackupId id) {
        return rows.findByIdOptional(id.value(), LockModeType.PESSIMISTIC_WRITE).map(StateBackupTable::read);
    }

    @Override
    public Optional<StateBackup> find(StateBackupId id) {
        return rows.findByIdOptional(id.value()).map(StateBackupTable::read);
    }

    @Override
    public List<StateBackup> all() {
        return rows.find("order by begunAt desc, id").stream()
                .map(StateBackupTable::read)
                .toList();
    }

    @Override
    public void save(StateBackup backup) {
        rows.findByIdOptional(backup.id().value()).ifPresent(row -> write(backup, row));
    }

    @Override
    public void remove(StateBackupId id) {
        rows.deleteById(id.value());
    }

    private static void write(StateBackup backup, StateBackupEntity row) {
        row.size = backup.size().map(ByteCount::bytes).orElse(null);
        row.errorCode = null;
        row.errorMessage = null;
        switch (backup.status()) {
            case Status.Dumping _ -> row.status = "DUMPING";
            case Status.Saving _ -> row.status = "SAVING";
            case Status.Available _ -> row.status = "AVAILABLE";
            case Status.Error(ErrorReport reason) -> {
                row.status = "ERROR";
                row.errorCode = reason.code().name();
                row.errorMessage = reason.message();
            }
        }
    }

    private static StateBackup read(StateBackupEntity row) {
        return new StateBackup(
                new StateBackupId(row.id),
                StateBackup.Origin.valueOf(row.origin),
                status(row),
                row.begunAt,
                Optional.ofNullable(row.size).map(ByteCount::ofBytes));
    }

    private static Status status(StateBackupEntity row) {
        return switch (row.status) {
            case "DUMPING" -> new Status.Dumping();
            case "SAVING" -> new Status.Saving();
            case "AVAILABLE" -> new Status.Available();
            default ->
                new Status.Error(new ErrorReport(
                        ErrorCode.valueOf(Objects.requireNonNull(row.errorCode)),
                        Objects.requireNonNull(row.errorMessage)));
        };
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<StateBackupEntity, UUID> {}
}
