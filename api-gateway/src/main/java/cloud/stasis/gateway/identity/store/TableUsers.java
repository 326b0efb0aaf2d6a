package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.PasswordHash;
import cloud.stasis.gateway.identity.User;
import cloud.stasis.gateway.identity.Users;
import cloud.stasis.model.UserId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
@Transactional
class TableUsers implements Users {
    private final Entities entities = new Entities();
    private final Event<IdentityChanged> changed;

    TableUsers(Event<IdentityChanged> changed) {
        this.changed = changed;
    }

    private static final class Entities implements PanacheRepositoryBase<UserEntity, String> {}

    @Override
    public Optional<User> find(UserId user) {
        return entities.findByIdOptional(user.value()).map(UserEntity::toUser);
    }

    @Override
    public Optional<User> findByName(DomainId domain, String name) {
        return entities.find("domainId = ?1 and name = ?2", domain.value(), name)
                .firstResultOptional()
                .map(UserEntity::toUser);
    }

    @Override
    public List<User> list(Filter filter) {
        Conditions conditions = new Conditions()
                .and("name = :name", "name", filter.name())
                .and("domainId = :domain", "domain", filter.domain().map(DomainId::value))
                .and("enabled = :enabled", "enabled", filter.enabled());
        return entities
                .find(conditions.where() + " order by id", conditions.values())
                .page(0, IdentityLimits.LIST)
                .stream()
                .map(UserEntity::toUser)
                .toList();
    }

    @Override
    public List<User> findAll(Collection<UserId> users) {
        return users.isEmpty()
                ? List.of()
                : entities
                        .find(
                                "id in ?1 order by id",
                                users.stream().map(UserId::value).toList())
                        .stream()
                        .map(UserEntity::toUser)
                        .toList();
    }

    @Override
    public void add(User user) {
        UserEntity entity = new UserEntity();
        entity.take(user);
        entities.persist(entity);
        flush();
    }

    @Override
    public void change(User user) {
        entities.findById(user.id().value()).take(user);
        flush();
    }

    @Override
    public void remove(UserId user) {
        entities.getSession()
                .createNativeMutationQuery(
                        "delete from identity_assignment where actor_id = :id and actor_kind = 'USER'")
                .setParameter("id", user.value())
                .executeUpdate();
        entities.deleteById(user.value());
        changed.fire(new IdentityChanged());
    }

    @Override
    public Optional<PasswordHash> passwordHash(UserId user) {
        return entities.findByIdOptional(user.value())
                .map(entity -> entity.passwordHash)
                .filter(hash -> !hash.isEmpty())
                .map(PasswordHash::new);
    }

    @Override
    public void setPasswordHash(UserId user, PasswordHash hash) {
        entities.findById(user.value()).passwordHash = hash.text();
        changed.fire(new IdentityChanged());
    }

    @Override
    public void voidTokens(UserId user) {
        entities.update("tokenEpoch = tokenEpoch + 1 where id = ?1", user.value());
        entities.getEntityManager().flush();
        entities.getEntityManager().clear();
        changed.fire(new IdentityChanged());
    }

    @Override
    public long tokenEpoch(UserId user) {
        return entities.findById(user.value()).tokenEpoch;
    }

    private void flush() {
        Uniqueness.flush(
                entities.getEntityManager(),
                "There is a user in this domain of that name already; choose another name.");
        changed.fire(new IdentityChanged());
    }
}
