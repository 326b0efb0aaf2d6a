package cloud.stasis.gateway.quota.store;

import cloud.stasis.gateway.quota.QuotaRows;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.hibernate.Session;

/// The tables `project_lock` and `quota_override`: two columns of keys and one number, so plain SQL.
@ApplicationScoped
class QuotaTable implements QuotaRows {
    /// Stands where projects do; no project is called so.
    private static final String DEFAULT_CLASS = "class:default";

    /// Before the id of a user that is locked. No id of a project has a colon.
    private static final String USER = "user:";

    private final Session entities;

    QuotaTable(Session entities) {
        this.entities = entities;
    }

    @Override
    public void lock(ProjectId project) {
        lock(project.value());
    }

    @Override
    public void lock(UserId user) {
        lock(USER + user.value());
    }

    private void lock(String holder) {
        if (!tryLock(holder)) {
            // Of two that insert at once one waits for the other, and then has the lock of the row that is there.
            entities.createNativeMutationQuery("insert into project_lock (project_id) values (?1)"
                            + " on duplicate key update project_id = project_id")
                    .setParameter(1, holder)
                    .executeUpdate();
        }
    }

    @Override
    public Map<Resource, Long> overrides(ProjectId project) {
        return overrides(project.value());
    }

    @Override
    public Map<Resource, Long> defaults() {
        return overrides(DEFAULT_CLASS);
    }

    private Map<Resource, Long> overrides(String project) {
        Map<Resource, Long> overrides = new EnumMap<>(Resource.class);
        List<Object[]> rows = entities.createNativeQuery(
                        "select resource, allowed from quota_override where project_id = ?1", Object[].class)
                .setParameter(1, project)
                .getResultList();
        rows.forEach(row -> overrides.put(Resource.valueOf((String) row[0]), ((Number) row[1]).longValue()));
        return overrides;
    }

    @Override
    public void override(ProjectId project, Resource resource, long allowed) {
        override(project.value(), resource, allowed);
    }

    @Override
    public void overrideDefault(Resource resource, long allowed) {
        override(DEFAULT_CLASS, resource, allowed);
    }

    private void override(String project, Resource resource, long allowed) {
        entities.createNativeMutationQuery("""
                        insert into quota_override (project_id, resource, allowed) values (?1, ?2, ?3)
                        on duplicate key update allowed = ?3
                        """)
                .setParameter(1, project)
                .setParameter(2, resource.name())
                .setParameter(3, allowed)
                .executeUpdate();
    }

    @Override
    public void reset(ProjectId project, Collection<Resource> resources) {
        entities.createNativeMutationQuery("delete from quota_override where project_id = ?1 and resource in (?2)")
                .setParameter(1, project.value())
                .setParameterList(2, resources.stream().map(Resource::name).toList())
                .executeUpdate();
    }

    private boolean tryLock(String holder) {
        return !entities.createNativeQuery(
                        "select project_id from project_lock where project_id = ?1 for update", Object.class)
                .setParameter(1, holder)
                .getResultList()
                .isEmpty();
    }
}
