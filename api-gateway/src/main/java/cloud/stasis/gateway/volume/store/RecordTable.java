package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.Shelves;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The table `volume_record`.
@ApplicationScoped
class RecordTable implements Shelves {
    private final Rows rows;

    RecordTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public <T extends Shelf.Item> Shelf<T> of(String kind, Class<T> type) {
        return new Kind<>(rows, kind, type);
    }

    private record Kind<T extends Shelf.Item>(Rows rows, String kind, Class<T> type) implements Shelf<T> {
        @Override
        public Optional<T> find(UUID key) {
            return rows.findByIdOptional(key).filter(this::isOne).map(this::read);
        }

        @Override
        public Optional<T> lock(UUID key) {
            return rows.findByIdOptional(key, LockModeType.PESSIMISTIC_WRITE)
                    .filter(this::isOne)
                    .map(this::read);
        }

        @Override
        public List<T> of(ProjectId project) {
            return list("kind = ?1 and projectId = ?2 order by createdAt, id", kind, project.value());
        }

        @Override
        public List<T> of(VolumeId volume) {
            return list("kind = ?1 and volumeId = ?2 order by createdAt, id", kind, volume.value());
        }

        @Override
        public List<T> all() {
            return list("kind = ?1 order by createdAt, id", kind);
        }

        private List<T> list(String query, Object... values) {
            return rows.find(query, values).stream().map(this::read).toList();
        }

        @Override
        public void add(T item) {
            if (rows.findByIdOptional(item.key()).isPresent()) {
                throw new StasisException(ErrorCode.NAME_TAKEN, "There is something of the id " + item.key() + ".");
            }
            RecordEntity row = new RecordEntity();
            row.id = item.key();
            row.kind = kind;
            row.createdAt = item.createdAt();
            write(row, item);
            rows.persist(row);
        }

        @Override
        public void save(T item) {
            write(rows.findById(item.key()), item);
        }

        @Override
        public void remove(UUID key) {
            rows.delete("id = ?1 and kind = ?2", key, kind);
        }

        private static void write(RecordEntity row, Shelf.Item item) {
            row.projectId = item.project().value();
            row.volumeId = item.about().map(VolumeId::value).orElse(null);
            row.body = RowJson.write(item);
        }

        private boolean isOne(RecordEntity row) {
            return row.kind.equals(kind);
        }

        private T read(RecordEntity row) {
            return RowJson.read(row.body, type);
        }
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<RecordEntity, UUID> {}
}
