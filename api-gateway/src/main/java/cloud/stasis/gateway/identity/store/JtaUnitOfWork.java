package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.UnitOfWork;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.function.Supplier;

@ApplicationScoped
class JtaUnitOfWork implements UnitOfWork {
    @Override
    @Transactional
    public <T> T call(Supplier<T> work) {
        return work.get();
    }
}
