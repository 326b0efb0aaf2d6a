package cloud.stasis.gateway.wiring;

import cloud.stasis.chunks.Capability;
import cloud.stasis.gateway.bus.ConsumedMessages;
import cloud.stasis.gateway.bus.FactTaker;
import cloud.stasis.gateway.bus.WorkersConfiguration;
import cloud.stasis.gateway.catalog.BundleCatalog;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.outbox.CommandSender;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.outbox.OutboxQueue;
import cloud.stasis.gateway.outbox.Relay;
import cloud.stasis.gateway.protection.ProtectionRows;
import cloud.stasis.gateway.quota.QuotaRows;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.Patience;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.SagaLog;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.SagaTimer;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.storage.Storage;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.gateway.storage.StoredSizes;
import cloud.stasis.model.StoreId;
import io.quarkus.arc.All;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/// Sagas, outbox, bus and what they need.
@Singleton
class HeartBeans {
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Capability.Key capabilityKey(WorkersConfiguration configuration, Clock clock) {
        return Capability.Key.parse(configuration.capabilityKey(), clock);
    }

    @Produces
    @Singleton
    Grants grants(Capability.Key key, Fleet fleet, WorkersConfiguration configuration) {
        return new Grants(key, fleet, new StoreId(configuration.storeId()), configuration.storeUrl());
    }

    @Produces
    @Singleton
    Quotas quotas(QuotaRows rows, @All List<Usage> usages) {
        return new Quotas(rows, usages);
    }

    @Produces
    @Singleton
    Storage storage(Transactions transactions, StoredSizes sizes, Quotas quotas) {
        return new Storage(transactions, sizes, quotas);
    }

    @Produces
    @Singleton
    StorageQuota storageQuota(Quotas quotas, StoredSizes sizes) {
        return new StorageQuota(quotas, sizes);
    }

    @Produces
    @Singleton
    SagaRunner sagaRunner(
            @All List<Saga<?>> sagas, SagaLog log, Outbox outbox, Jobs jobs, Clock clock, Patience patience) {
        return new SagaRunner(sagas, log, outbox, new JobTracker(jobs, clock), clock, patience);
    }

    @Produces
    @Singleton
    Patience patience(WorkersConfiguration configuration) {
        return new Patience(
                configuration.silence(),
                configuration.firstDelay(),
                configuration.longestDelay(),
                configuration.lateness());
    }

    @Produces
    @Singleton
    SagaTimer sagaTimer(Transactions transactions, SagaLog log, SagaRunner runner, Patience patience, Clock clock) {
        return new SagaTimer(transactions, log, runner, patience, clock);
    }

    @Produces
    @Singleton
    Relay relay(OutboxQueue queue, CommandSender sender) {
        return new Relay(queue, sender);
    }

    @Produces
    @Singleton
    FactTaker factTaker(
            Transactions transactions,
            ConsumedMessages consumed,
            SagaRunner sagas,
            Instances instances,
            Fleet fleet,
            ProtectionRows protections,
            BundleCatalog bundles,
            StoredSizes sizes,
            Clock clock) {
        return new FactTaker(transactions, consumed, sagas, instances, fleet, protections, bundles, sizes, clock);
    }
}
