package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Project;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.model.ProjectId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
@Transactional
class TableProjects implements Projects {
    private final Entities entities = new Entities();
    private final Event<IdentityChanged> changed;

    TableProjects(Event<IdentityChanged> changed) {
        this.changed = changed;
    }

    private static final class Entities implements PanacheRepositoryBase<ProjectEntity, String> {}

    @Override
    public Optional<Project> find(ProjectId project) {
        return entities.findByIdOptional(project.value()).map(ProjectEntity::toProject);
    }

    @Override
    public Optional<Project> findByName(DomainId domain, String name) {
        return entities.find("domainId = ?1 and name = ?2 and isDomain = false", domain.value(), name)
                .firstResultOptional()
                .map(ProjectEntity::toProject);
    }

    @Override
    public Optional<Project> findDomainByName(String name) {
        return entities.find("domainId = '' and name = ?1 and isDomain = true", name)
                .firstResultOptional()
                .map(ProjectEntity::toProject);
    }

    @Override
    public List<Project> list(Filter filter) {
        Conditions conditions = new Conditions()
                .and("isDomain = :isDomain", "isDomain", filter.kind() == Project.Kind.DOMAIN)
                .and("name = :name", "name", filter.name())
                .and("domainId = :domain", "domain", filter.domain().map(DomainId::value))
                .and("enabled = :enabled", "enabled", filter.enabled())
                .and(
                        "(parentId = :parent or parentId = '' and domainId = :parent)",
                        "parent",
                        filter.parent().map(ProjectId::value));
        return entities
                .find(conditions.where() + " order by id", conditions.values())
                .page(0, IdentityLimits.LIST)
                .stream()
                .map(ProjectEntity::toProject)
                .toList();
    }

    @Override
    public List<Project> findAll(Collection<ProjectId> projects) {
        return projects.isEmpty()
                ? List.of()
                : entities
                        .find(
                                "id in ?1 order by id",
                                projects.stream().map(ProjectId::value).toList())
                        .stream()
                        .map(ProjectEntity::toProject)
                        .toList();
    }

    @Override
    public void add(Project project) {
        ProjectEntity entity = new ProjectEntity();
        entity.take(project);
        entities.persist(entity);
        flush(project);
    }

    @Override
    public void change(Project project) {
        entities.findById(project.id().value()).take(project);
        flush(project);
    }

    @Override
    public void remove(Project project) {
        String id = project.id().value();
        if (project.isDomain()) {
            removeContents(id);
        }
        sql("delete from identity_assignment where target_id = :id and target_kind in ('PROJECT', 'DOMAIN')", id);
        sql("delete from identity_application_credential where project_id = :id", id);
        entities.deleteById(id);
        changed.fire(new IdentityChanged());
    }

    @Override
    public void voidTokens(ProjectId project) {
        String id = project.value();
        sql("update identity_project set token_epoch = token_epoch + 1 where id = :id or domain_id = :id", id);
        sql("update identity_user set token_epoch = token_epoch + 1 where domain_id = :id", id);
        entities.getEntityManager().clear();
        changed.fire(new IdentityChanged());
    }

    @Override
    public long tokenEpoch(ProjectId project) {
        return entities.findById(project.value()).tokenEpoch;
    }

    private void removeContents(String domain) {
        sql("""
                delete from identity_assignment
                 where actor_id in (select id from identity_user where domain_id = :id)
                    or actor_id in (select id from identity_group where domain_id = :id)
                    or target_id in (select id from identity_project where domain_id = :id)
                """, domain);
        sql("""
                delete from identity_application_credential
                 where project_id in (select id from identity_project where domain_id = :id)
                """, domain);
        for (String table : List.of("identity_user", "identity_group", "identity_role", "identity_project")) {
            sql("delete from " + table + " where domain_id = :id", domain);
        }
    }

    private void sql(String statement, String id) {
        entities.getSession()
                .createNativeMutationQuery(statement)
                .setParameter("id", id)
                .executeUpdate();
    }

    private void flush(Project project) {
        Uniqueness.flush(
                entities.getEntityManager(),
                "There is a " + (project.isDomain() ? "domain" : "project in this domain")
                        + " of that name already; choose another name.");
        changed.fire(new IdentityChanged());
    }
}
