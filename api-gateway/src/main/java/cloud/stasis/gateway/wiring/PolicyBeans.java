package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.policy.Making;
import cloud.stasis.gateway.policy.Policies;
import cloud.stasis.gateway.policy.PolicyRows;
import cloud.stasis.gateway.policy.PolicyRunner;
import cloud.stasis.gateway.policy.PolicyTimer;
import cloud.stasis.gateway.policy.PolicyUsage;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.volume.Backup;
import cloud.stasis.gateway.volume.BackupCatalog;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.SnapshotCatalog;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.Volumes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// Backups by policy.
@Singleton
class PolicyBeans {
    @Produces
    @Singleton
    Usage policyUsage(PolicyRows rows) {
        return new PolicyUsage(rows);
    }

    @Produces
    @Singleton
    Making making(
            Snapshots snapshots,
            SnapshotRows snapshotRows,
            SnapshotCatalog volumeSnapshots,
            VolumeSnapshots volumeSnapshotRows,
            BackupCatalog backups,
            Shelf<Backup> backupShelf) {
        return new Making(snapshots, snapshotRows, volumeSnapshots, volumeSnapshotRows, backups, backupShelf);
    }

    @Produces
    @Singleton
    PolicyRunner policyRunner(
            Transactions transactions,
            PolicyRows rows,
            Making making,
            Instances instances,
            Volumes volumes,
            Jobs jobs) {
        return new PolicyRunner(transactions, rows, making, instances, volumes, jobs);
    }

    @Produces
    @Singleton
    PolicyTimer policyTimer(PolicyRunner runner, Clock clock) {
        return new PolicyTimer(runner, clock);
    }

    @Produces
    @Singleton
    Policies policies(
            Transactions transactions,
            PolicyRows rows,
            Instances instances,
            Volumes volumes,
            Quotas quotas,
            PolicyRunner runner,
            Clock clock) {
        return new Policies(transactions, rows, instances, volumes, quotas, runner, clock);
    }
}
