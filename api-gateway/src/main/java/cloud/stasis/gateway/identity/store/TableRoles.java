package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Role;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.gateway.identity.Roles;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import org.hibernate.query.MutationQuery;

@ApplicationScoped
@Transactional
class TableRoles implements Roles {
    private final Entities entities = new Entities();
    private final Event<IdentityChanged> changed;

    TableRoles(Event<IdentityChanged> changed) {
        this.changed = changed;
    }

    private static final class Entities implements PanacheRepositoryBase<RoleEntity, String> {}

    @Override
    public Optional<Role> find(RoleId role) {
        return entities.findByIdOptional(role.value()).map(RoleEntity::toRole);
    }

    @Override
    public List<Role> list(Optional<DomainId> domain, Optional<String> name) {
        Conditions conditions = new Conditions()
                .and("domainId = :domain", "domain", domain.map(DomainId::value).orElse(""))
                .and("name = :name", "name", name);
        return entities
                .find(conditions.where() + " order by id", conditions.values())
                .page(0, IdentityLimits.LIST)
                .stream()
                .map(RoleEntity::toRole)
                .toList();
    }

    @Override
    public List<Role> all() {
        return entities.findAll().page(0, IdentityLimits.LIST).stream()
                .map(RoleEntity::toRole)
                .toList();
    }

    @Override
    public void add(Role role) {
        RoleEntity entity = new RoleEntity();
        entity.take(role);
        entities.persist(entity);
        flush();
    }

    @Override
    public void change(Role role) {
        entities.findById(role.id().value()).take(role);
        flush();
    }

    @Override
    public void remove(RoleId role) {
        entities.deleteById(role.value());
        changed.fire(new IdentityChanged());
    }

    @Override
    public List<Implication> implications() {
        return entities.getSession()
                .createNativeQuery(
                        "select prior_id, implied_id from identity_implied_role order by prior_id, implied_id",
                        Object[].class)
                .setMaxResults(IdentityLimits.LIST)
                .getResultStream()
                .map(row -> new Implication(new RoleId((String) row[0]), new RoleId((String) row[1])))
                .toList();
    }

    @Override
    public void imply(Implication implication) {
        rule("insert ignore into identity_implied_role (prior_id, implied_id) values (:prior, :implied)", implication)
                .executeUpdate();
        changed.fire(new IdentityChanged());
    }

    @Override
    public boolean unimply(Implication implication) {
        int removed = rule(
                        "delete from identity_implied_role where prior_id = :prior and implied_id = :implied",
                        implication)
                .executeUpdate();
        changed.fire(new IdentityChanged());
        return removed > 0;
    }

    private MutationQuery rule(String statement, Implication implication) {
        return entities.getSession()
                .createNativeMutationQuery(statement)
                .setParameter("prior", implication.prior().value())
                .setParameter("implied", implication.implied().value());
    }

    private void flush() {
        Uniqueness.flush(entities.getSession(), "There is a role of that name already; choose another name.");
        changed.fire(new IdentityChanged());
    }
}
