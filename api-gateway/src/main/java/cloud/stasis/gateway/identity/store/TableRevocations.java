package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.Revocations;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.time.Instant;
import org.hibernate.Session;

/// A table of nothing but its key, so there is no entity.
@ApplicationScoped
@Transactional
class TableRevocations implements Revocations {
    private final Session entities;
    private final Event<IdentityChanged> changed;

    TableRevocations(Session entities, Event<IdentityChanged> changed) {
        this.entities = entities;
        this.changed = changed;
    }

    @Override
    public void revoke(String auditId, Instant expiresAt) {
        entities.createNativeMutationQuery(
                        "insert ignore into identity_revoked_token (audit_id, expires_at) values (:id, :end)")
                .setParameter("id", auditId)
                .setParameter("end", expiresAt)
                .executeUpdate();
        changed.fire(new IdentityChanged());
    }

    @Override
    public boolean isRevoked(String auditId) {
        return !entities.createNativeQuery("select 1 from identity_revoked_token where audit_id = :id", Object.class)
                .setParameter("id", auditId)
                .getResultList()
                .isEmpty();
    }

    @Override
    public void forget(Instant now) {
        entities.createNativeMutationQuery("delete from identity_revoked_token where expires_at < :now")
                .setParameter("now", now)
                .executeUpdate();
    }
}
