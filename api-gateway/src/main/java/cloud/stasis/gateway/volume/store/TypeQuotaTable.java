package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.volume.TypeQuotaRows;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.model.ProjectId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.Session;

/// The table `volume_type_quota`: keys and one number, so plain SQL.
@ApplicationScoped
class TypeQuotaTable implements TypeQuotaRows {
    /// Stands where projects do; no project is called so.
    private static final String DEFAULT_CLASS = "class:default";

    private final Session entities;

    TypeQuotaTable(Session entities) {
        this.entities = entities;
    }

    @Override
    public Map<OfType, Long> overrides(ProjectId project) {
        return overrides(project.value());
    }

    @Override
    public Map<OfType, Long> defaults() {
        return overrides(DEFAULT_CLASS);
    }

    private Map<OfType, Long> overrides(String project) {
        List<Object[]> rows = entities.createNativeQuery(
                        "select cast(type_id as char), resource, allowed from volume_type_quota where project_id = ?1",
                        Object[].class)
                .setParameter(1, project)
                .getResultList();
        Map<OfType, Long> overrides = new HashMap<>();
        rows.forEach(row -> overrides.put(of((String) row[0], Resource.valueOf((String) row[1])), number(row[2])));
        return overrides;
    }

    @Override
    public void override(ProjectId project, OfType what, long allowed) {
        override(project.value(), what, allowed);
    }

    @Override
    public void overrideDefault(OfType what, long allowed) {
        override(DEFAULT_CLASS, what, allowed);
    }

    private void override(String project, OfType what, long allowed) {
        entities.createNativeMutationQuery("""
                        insert into volume_type_quota (project_id, type_id, resource, allowed) values (?1, ?2, ?3, ?4)
                        on duplicate key update allowed = ?4
                        """)
                .setParameter(1, project)
                .setParameter(2, what.type().toString())
                .setParameter(3, what.resource().name())
                .setParameter(4, allowed)
                .executeUpdate();
    }

    @Override
    public void reset(ProjectId project) {
        entities.createNativeMutationQuery("delete from volume_type_quota where project_id = ?1")
                .setParameter(1, project.value())
                .executeUpdate();
    }

    @Override
    public Map<OfType, Long> used(ProjectId project) {
        List<Object[]> rows = entities.createNativeQuery("""
                        select cast(type_id as char), count(*), 0, sum(ceil(size_bytes / 1073741824))
                        from volume where project_id = ?1 and deleted_at is null and type_id is not null
                        group by type_id
                        union all
                        select cast(v.type_id as char), 0, count(*), sum(ceil(s.size_bytes / 1073741824))
                        from volume_snapshot s join volume v on v.id = s.volume_id
                        where s.project_id = ?1 and s.deleted_at is null and s.occasion = 'ON_REQUEST'
                            and v.type_id is not null
                        group by v.type_id
                        """, Object[].class)
                .setParameter(1, project.value())
                .getResultList();
        Map<OfType, Long> used = new HashMap<>();
        for (Object[] row : rows) {
            used.merge(of((String) row[0], Resource.VOLUMES), number(row[1]), Long::sum);
            used.merge(of((String) row[0], Resource.VOLUME_SNAPSHOTS), number(row[2]), Long::sum);
            used.merge(of((String) row[0], Resource.VOLUME_GIB), number(row[3]), Long::sum);
        }
        return used;
    }

    private static OfType of(String type, Resource resource) {
        return new OfType(VolumeTypeId.parse(type), resource);
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
