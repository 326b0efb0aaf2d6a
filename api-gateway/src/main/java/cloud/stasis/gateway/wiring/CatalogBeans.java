package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.catalog.AdoptBundles;
import cloud.stasis.gateway.catalog.BundleCatalog;
import cloud.stasis.gateway.catalog.CopyBundles;
import cloud.stasis.gateway.catalog.Restoration;
import cloud.stasis.gateway.catalog.RestoreServer;
import cloud.stasis.gateway.catalog.StoreOrders;
import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.image.ImageTable;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.FormerFlavors;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.state.StateBackups;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// What works with bundles of the store that the tables do not know.
@Singleton
class CatalogBeans {
    @Produces
    @Singleton
    BundleCatalog bundleCatalog(
            ImageTable images, SnapshotRows snapshots, Projects projects, StateBackups states, Clock clock) {
        return new BundleCatalog(images, snapshots, projects, states, clock);
    }

    @Produces
    @Singleton
    AdoptBundles adoptBundles(Outbox outbox) {
        return new AdoptBundles(outbox);
    }

    @Produces
    @Singleton
    CopyBundles copyBundles(Outbox outbox) {
        return new CopyBundles(outbox);
    }

    @Produces
    @Singleton
    RestoreServer restoreServer(InstanceTurns instances, Grants grants, Clock clock) {
        return new RestoreServer(instances, grants, clock);
    }

    @Produces
    @Singleton
    StoreOrders storeOrders(
            Transactions transactions,
            Projects projects,
            SagaRunner sagas,
            AdoptBundles adoptBundles,
            CopyBundles copyBundles,
            Clock clock) {
        return new StoreOrders(transactions, projects, sagas, adoptBundles, copyBundles, clock);
    }

    @Produces
    @Singleton
    Restoration restoration(
            Transactions transactions,
            SnapshotRows snapshots,
            Instances instances,
            FormerFlavors flavors,
            Fleet fleet,
            Quotas quotas,
            SagaRunner sagas,
            RestoreServer restoreServer,
            Clock clock) {
        return new Restoration(transactions, snapshots, instances, flavors, fleet, quotas, sagas, restoreServer, clock);
    }
}
