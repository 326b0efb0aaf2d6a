package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Group;
import cloud.stasis.gateway.identity.GroupId;
import cloud.stasis.gateway.identity.Groups;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.model.UserId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
@Transactional
class TableGroups implements Groups {
    private final Entities entities = new Entities();
    private final Event<IdentityChanged> changed;

    TableGroups(Event<IdentityChanged> changed) {
        this.changed = changed;
    }

    private static final class Entities implements PanacheRepositoryBase<GroupEntity, String> {}

    @Override
    public Optional<Group> find(GroupId group) {
        return entities.findByIdOptional(group.value()).map(GroupEntity::toGroup);
    }

    @Override
    public List<Group> list(Optional<DomainId> domain, Optional<String> name) {
        Conditions conditions = new Conditions()
                .and("domainId = :domain", "domain", domain.map(DomainId::value))
                .and("name = :name", "name", name);
        return entities
                .find(conditions.where() + " order by id", conditions.values())
                .page(0, IdentityLimits.LIST)
                .stream()
                .map(GroupEntity::toGroup)
                .toList();
    }

    @Override
    public void add(Group group) {
        GroupEntity entity = new GroupEntity();
        entity.take(group);
        entities.persist(entity);
        flush();
    }

    @Override
    public void change(Group group) {
        entities.findById(group.id().value()).take(group);
        flush();
    }

    @Override
    public void remove(GroupId group) {
        entities.getSession()
                .createNativeMutationQuery(
                        "delete from identity_assignment where actor_id = :id and actor_kind = 'GROUP'")
                .setParameter("id", group.value())
                .executeUpdate();
        entities.deleteById(group.value());
        changed.fire(new IdentityChanged());
    }

    @Override
    public void addMember(GroupId group, UserId user) {
        member("insert ignore into identity_group_member (group_id, user_id) values (:group, :user)", group, user);
    }

    @Override
    public boolean removeMember(GroupId group, UserId user) {
        return member("delete from identity_group_member where group_id = :group and user_id = :user", group, user) > 0;
    }

    @Override
    public boolean isMember(GroupId group, UserId user) {
        return !entities.getSession()
                .createNativeQuery(
                        "select 1 from identity_group_member where group_id = :group and user_id = :user", Object.class)
                .setParameter("group", group.value())
                .setParameter("user", user.value())
                .getResultList()
                .isEmpty();
    }

    @Override
    public List<UserId> members(GroupId group) {
        return entities.getSession()
                .createNativeQuery(
                        "select user_id from identity_group_member where group_id = :id order by user_id", Object.class)
                .setParameter("id", group.value())
                .setMaxResults(IdentityLimits.LIST)
                .getResultStream()
                .map(id -> new UserId((String) id))
                .toList();
    }

    @Override
    public List<Group> of(UserId user) {
        return entities.getSession()
                .createNativeQuery("""
                        select g.* from identity_group g join identity_group_member m on m.group_id = g.id
                         where m.user_id = :id order by g.id
                        """, GroupEntity.class)
                .setParameter("id", user.value())
                .getResultStream()
                .map(GroupEntity::toGroup)
                .toList();
    }

    private int member(String statement, GroupId group, UserId user) {
        int rows = entities.getSession()
                .createNativeMutationQuery(statement)
                .setParameter("group", group.value())
                .setParameter("user", user.value())
                .executeUpdate();
        changed.fire(new IdentityChanged());
        return rows;
    }

    private void flush() {
        Uniqueness.flush(
                entities.getSession(), "There is a group in this domain of that name already; choose another name.");
        changed.fire(new IdentityChanged());
    }
}
