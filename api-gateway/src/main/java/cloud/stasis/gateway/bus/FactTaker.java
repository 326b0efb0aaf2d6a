package cloud.stasis.gateway.bus;

import cloud.stasis.gateway.catalog.BundleCatalog;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.protection.ProtectionRows;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.storage.StoredSizes;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.Message;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Clock;

/// Takes what workers tell: each message once, in one transaction.
public final class FactTaker {
    private final Transactions transactions;
    private final ConsumedMessages consumed;
    private final SagaRunner sagas;
    private final Instances instances;
    private final Fleet fleet;
    private final ProtectionRows protections;
    private final BundleCatalog bundles;
    private final StoredSizes sizes;
    private final Clock clock;

    public FactTaker(
            Transactions transactions,
            ConsumedMessages consumed,
            SagaRunner sagas,
            Instances instances,
            Fleet fleet,
            ProtectionRows protections,
            BundleCatalog bundles,
            StoredSizes sizes,
            Clock clock) {
        this.transactions = transactions;
        this.consumed = consumed;
        this.sagas = sagas;
        this.instances = instances;
        this.fleet = fleet;
        this.protections = protections;
        this.bundles = bundles;
        this.sizes = sizes;
        this.clock = clock;
    }

    /// @throws StasisException `UNSUPPORTED_FORMAT` if it is nothing that a gateway takes; `DATABASE_UNAVAILABLE`
    /// if it was not taken and should be handed in again
    public void take(Envelope<Message> envelope) {
        switch (envelope.payload()) {
            case Fact fact ->
                transactions.run(() -> {
                    if (consumed.mark(envelope.id())) {
                        take(fact);
                    }
                });
            // The newest heartbeat is true, however often it comes.
            case Heartbeat heartbeat ->
                transactions.run(() -> {
                    fleet.heard(heartbeat);
                    if (heartbeat instanceof Heartbeat.Host host) {
                        protections.heard(host, clock.instant());
                    }
                });
            case Command ignored ->
                throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "a command came where facts are told");
        }
    }

    private void take(Fact fact) {
        switch (fact) {
            case Fact.Answer answer -> sagas.answered(answer);
            case Fact.BundleFound found -> bundles.found(found);
            case Fact.StoreMeasured measured -> sizes.take(measured, clock.instant());
            case Fact.InstanceObserved observed ->
                instances
                        .lock(observed.instance())
                        .filter(instance ->
                                instance.host().filter(observed.host()::equals).isPresent())
                        .ifPresent(instance -> instances.save(
                                instance.in(instance.state().observed(observed.state()), clock.instant())));
        }
    }
}
