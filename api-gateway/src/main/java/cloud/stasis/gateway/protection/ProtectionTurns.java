package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What sagas do to the row of their protection. Nothing happens to one that is gone or that another saga has taken
/// over. The row of the server is locked first, as everybody does.
public final class ProtectionTurns {
    private final Instances instances;
    private final ProtectionRows rows;
    private final Clock clock;

    public ProtectionTurns(Instances instances, ProtectionRows rows, Clock clock) {
        this.instances = instances;
        this.rows = rows;
        this.clock = clock;
    }

    /// The protection if it is still this saga's, locked.
    Optional<Protection> own(InstanceId instance, ProtectionId protection, SagaId saga) {
        instances.lock(instance);
        return rows.lock(protection).filter(found -> found.isWorkedOnBy(saga));
    }

    void change(InstanceId instance, ProtectionId protection, SagaId saga, UnaryOperator<Protection> change) {
        own(instance, protection, saga).ifPresent(found -> rows.save(change.apply(found)));
    }

    void in(InstanceId instance, ProtectionId protection, SagaId saga, ProtectionState next) {
        change(instance, protection, saga, found -> found.in(next, clock.instant()));
    }

    void linked(InstanceId instance, ProtectionId protection, SagaId saga, URI standby) {
        own(instance, protection, saga).ifPresent(found -> rows.linked(found.id(), standby));
    }

    /// It is no more, and its server may be protected anew.
    ///
    /// @return whether it was this saga's
    boolean remove(InstanceId instance, ProtectionId protection, SagaId saga) {
        Optional<Protection> found = own(instance, protection, saga);
        found.ifPresent(gone -> {
            rows.remove(gone.id());
            release(instance, protection);
        });
        return found.isPresent();
    }

    private void release(InstanceId instance, ProtectionId protection) {
        instances
                .lock(instance)
                .filter(server ->
                        server.state().protection().filter(protection::equals).isPresent())
                .ifPresent(server ->
                        instances.save(server.in(server.state().protectedBy(Optional.empty()), clock.instant())));
    }
}
