package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.ApplicationCredential;
import cloud.stasis.gateway.identity.ApplicationCredentials;
import cloud.stasis.gateway.identity.CredentialId;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.PasswordHash;
import cloud.stasis.model.UserId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
@Transactional
class TableApplicationCredentials implements ApplicationCredentials {
    private final Entities entities = new Entities();
    private final Event<IdentityChanged> changed;

    TableApplicationCredentials(Event<IdentityChanged> changed) {
        this.changed = changed;
    }

    private static final class Entities implements PanacheRepositoryBase<ApplicationCredentialEntity, String> {}

    @Override
    public Optional<ApplicationCredential> find(CredentialId credential) {
        return entities.findByIdOptional(credential.value()).map(ApplicationCredentialEntity::toCredential);
    }

    @Override
    public Optional<ApplicationCredential> findByName(UserId user, String name) {
        return list(user, Optional.of(name)).stream().findFirst();
    }

    @Override
    public List<ApplicationCredential> list(UserId user, Optional<String> name) {
        Conditions conditions =
                new Conditions().and("userId = :user", "user", user.value()).and("name = :name", "name", name);
        return entities
                .find(conditions.where() + " order by id", conditions.values())
                .page(0, IdentityLimits.LIST)
                .stream()
                .map(ApplicationCredentialEntity::toCredential)
                .toList();
    }

    @Override
    public PasswordHash secretHash(CredentialId credential) {
        return new PasswordHash(entities.findById(credential.value()).secretHash);
    }

    @Override
    public void add(ApplicationCredential credential, PasswordHash secret) {
        ApplicationCredentialEntity entity = new ApplicationCredentialEntity();
        entity.take(credential);
        entity.secretHash = secret.text();
        entities.persist(entity);
        Uniqueness.flush(
                entities.getEntityManager(),
                "You have an application credential of that name already; choose another name.");
    }

    @Override
    public void remove(CredentialId credential) {
        entities.deleteById(credential.value());
        changed.fire(new IdentityChanged());
    }
}
