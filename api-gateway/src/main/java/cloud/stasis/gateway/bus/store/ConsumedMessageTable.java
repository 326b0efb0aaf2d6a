package cloud.stasis.gateway.bus.store;

import cloud.stasis.gateway.bus.ConsumedMessages;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.UUID;

/// The table `consumed_message`: two columns, so plain SQL.
@ApplicationScoped
class ConsumedMessageTable implements ConsumedMessages {
    private final EntityManager entities;
    private final Clock clock;

    ConsumedMessageTable(EntityManager entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    @Override
    public boolean mark(UUID message) {
        return entities.createNativeQuery("insert ignore into consumed_message (id, consumed_at) values (?1, ?2)")
                        .setParameter(1, message.toString())
                        .setParameter(2, clock.instant())
                        .executeUpdate()
                == 1;
    }
}
