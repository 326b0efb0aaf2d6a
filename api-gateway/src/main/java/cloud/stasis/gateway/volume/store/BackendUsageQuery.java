package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.volume.BackendUsage;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import org.hibernate.Session;

/// Over the tables `volume` and `volume_snapshot`.
@ApplicationScoped
class BackendUsageQuery implements BackendUsage {
    private final Session entities;

    BackendUsageQuery(Session entities) {
        this.entities = entities;
    }

    @Override
    @Transactional
    public List<Row> of(BackendId backend) {
        return entities.createNativeQuery("""
                        select project_id, sum(volumes), sum(volume_bytes), sum(snapshots), sum(snapshot_bytes)
                          from (select project_id, 1 volumes, size_bytes volume_bytes, 0 snapshots, 0 snapshot_bytes
                                  from volume where backend_id = ?1 and deleted_at is null
                                union all
                                select project_id, 0, 0, 1, size_bytes
                                  from volume_snapshot where backend_id = ?1 and deleted_at is null) there
                         group by project_id order by project_id
                        """, Object[].class)
                .setParameter(1, backend.value())
                .getResultStream()
                .map(row -> new Row(
                        new ProjectId((String) row[0]),
                        number(row[1]),
                        new ByteCount(number(row[2])),
                        number(row[3]),
                        new ByteCount(number(row[4]))))
                .toList();
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }
}
