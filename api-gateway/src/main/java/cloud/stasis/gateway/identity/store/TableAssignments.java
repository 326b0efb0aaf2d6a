package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.Assignment;
import cloud.stasis.gateway.identity.Assignments;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.GroupId;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.query.CommonQueryContract;
import org.hibernate.query.NativeQuery;

/// A table of nothing but its key, so there is no entity.
@ApplicationScoped
@Transactional
class TableAssignments implements Assignments {
    private static final String KEY = """
            actor_id = :actor and actor_kind = :actorKind and target_id = :target and target_kind = :targetKind
            and role_id = :role and inherited = :inherited
            """;
    private static final String COLUMNS =
            "select actor_kind, actor_id, target_kind, target_id, role_id, inherited from identity_assignment where ";
    /// Whoever the user acts as: itself, and its groups.
    private static final String ACTS_AS = """
            (actor_kind = 'USER' and actor_id = :user or actor_kind = 'GROUP' and actor_id in
                (select group_id from identity_group_member where user_id = :user))
            """;

    private final Session entities;
    private final Event<IdentityChanged> changed;

    TableAssignments(Session entities, Event<IdentityChanged> changed) {
        this.entities = entities;
        this.changed = changed;
    }

    @Override
    public void add(Assignment assignment) {
        bound(entities.createNativeMutationQuery("""
                        insert ignore into identity_assignment
                            (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
                        values (:actorKind, :actor, :targetKind, :target, :role, :inherited)
                        """), assignment).executeUpdate();
        changed.fire(new IdentityChanged());
    }

    @Override
    public boolean remove(Assignment assignment) {
        int removed = bound(
                        entities.createNativeMutationQuery("delete from identity_assignment where " + KEY), assignment)
                .executeUpdate();
        changed.fire(new IdentityChanged());
        return removed > 0;
    }

    @Override
    public boolean exists(Assignment assignment) {
        return !bound(
                        entities.createNativeQuery("select 1 from identity_assignment where " + KEY, Object.class),
                        assignment)
                .getResultList()
                .isEmpty();
    }

    @Override
    public List<Assignment> list(Filter filter) {
        Conditions conditions = new Conditions()
                .and("role_id = :role", "role", filter.role().map(RoleId::value))
                .and(
                        "inherited = :inherited",
                        "inherited",
                        filter.reach().map(reach -> reach == Assignment.Reach.PROJECTS_BELOW));
        filter.actor().map(TableAssignments::row).ifPresent(row -> conditions
                .and("actor_kind = :actorKind", "actorKind", row.kind())
                .and("actor_id = :actor", "actor", row.id()));
        filter.target().map(TableAssignments::row).ifPresent(row -> conditions
                .and("target_kind = :targetKind", "targetKind", row.kind())
                .and("target_id = :target", "target", row.id()));
        NativeQuery<Object[]> query = entities.createNativeQuery(
                COLUMNS + conditions.where() + " order by actor_id, target_id, role_id", Object[].class);
        conditions.values().forEach(query::setParameter);
        return assignments(query);
    }

    @Override
    public List<RoleId> rolesOf(UserId user, Assignment.Target target, Collection<ProjectId> above) {
        Row row = row(target);
        // An empty list is no SQL; no id is empty.
        List<String> ids = above.isEmpty()
                ? List.of("")
                : above.stream().map(ProjectId::value).toList();
        return entities.createNativeQuery(
                        "select distinct role_id from identity_assignment where " + ACTS_AS + """
                                and (target_kind = :kind and target_id = :target and inherited = false
                                     or target_id in (:above) and inherited = true)
                                """, Object.class)
                .setParameter("user", user.value())
                .setParameter("kind", row.kind())
                .setParameter("target", row.id())
                .setParameter("above", ids)
                .getResultStream()
                .map(id -> new RoleId((String) id))
                .toList();
    }

    @Override
    public List<Assignment> of(UserId user) {
        return assignments(
                entities.createNativeQuery(COLUMNS + ACTS_AS, Object[].class).setParameter("user", user.value()));
    }

    private static <Q extends CommonQueryContract> Q bound(Q query, Assignment assignment) {
        Row actor = row(assignment.actor());
        Row target = row(assignment.target());
        query.setParameter("actor", actor.id())
                .setParameter("actorKind", actor.kind())
                .setParameter("target", target.id())
                .setParameter("targetKind", target.kind())
                .setParameter("role", assignment.role().value())
                .setParameter("inherited", assignment.reach() == Assignment.Reach.PROJECTS_BELOW);
        return query;
    }

    private static List<Assignment> assignments(NativeQuery<Object[]> query) {
        return query.setMaxResults(IdentityLimits.LIST)
                .getResultStream()
                .map(row -> new Assignment(
                        actor((String) row[0], (String) row[1]),
                        target((String) row[2], (String) row[3]),
                        new RoleId((String) row[4]),
                        isTrue(row[5]) ? Assignment.Reach.PROJECTS_BELOW : Assignment.Reach.TARGET))
                .toList();
    }

    /// The driver gives a `boolean` column as either, depending on its settings.
    private static boolean isTrue(Object column) {
        return column instanceof Number number ? number.intValue() != 0 : Boolean.TRUE.equals(column);
    }

    private record Row(String kind, String id) {}

    private static Row row(Assignment.Actor actor) {
        return switch (actor) {
            case Assignment.Actor.OfUser(UserId id) -> new Row("USER", id.value());
            case Assignment.Actor.OfGroup(GroupId id) -> new Row("GROUP", id.value());
        };
    }

    private static Row row(Assignment.Target target) {
        return switch (target) {
            case Assignment.Target.OnProject(ProjectId id) -> new Row("PROJECT", id.value());
            case Assignment.Target.OnDomain(DomainId id) -> new Row("DOMAIN", id.value());
            case Assignment.Target.OnSystem _ -> new Row("SYSTEM", "all");
        };
    }

    private static Assignment.Actor actor(String kind, String id) {
        return kind.equals("USER")
                ? new Assignment.Actor.OfUser(new UserId(id))
                : new Assignment.Actor.OfGroup(new GroupId(id));
    }

    private static Assignment.Target target(String kind, String id) {
        return switch (kind) {
            case "PROJECT" -> new Assignment.Target.OnProject(new ProjectId(id));
            case "DOMAIN" -> new Assignment.Target.OnDomain(new DomainId(id));
            default -> new Assignment.Target.OnSystem();
        };
    }
}
