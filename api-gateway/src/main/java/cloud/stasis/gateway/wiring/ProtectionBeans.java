package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.OtherWork;
import cloud.stasis.gateway.compute.ServerGroups;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.protection.ClearHost;
import cloud.stasis.gateway.protection.EndOfProtection;
import cloud.stasis.gateway.protection.FailOver;
import cloud.stasis.gateway.protection.Failovers;
import cloud.stasis.gateway.protection.FenceSource;
import cloud.stasis.gateway.protection.ProtectServer;
import cloud.stasis.gateway.protection.ProtectionRows;
import cloud.stasis.gateway.protection.ProtectionTurns;
import cloud.stasis.gateway.protection.ProtectionUsage;
import cloud.stasis.gateway.protection.ProtectionWork;
import cloud.stasis.gateway.protection.Protections;
import cloud.stasis.gateway.protection.Relinks;
import cloud.stasis.gateway.protection.StandbyPlacement;
import cloud.stasis.gateway.protection.TakeOvers;
import cloud.stasis.gateway.protection.UnprotectServer;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volumes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// Continuous protection.
@Singleton
class ProtectionBeans {
    @Produces
    @Singleton
    Usage protectionUsage(ProtectionRows rows) {
        return new ProtectionUsage(rows);
    }

    @Produces
    @Singleton
    OtherWork protectionWork(ProtectionRows rows) {
        return new ProtectionWork(rows);
    }

    @Produces
    @Singleton
    ProtectionTurns protectionTurns(Instances instances, ProtectionRows rows, Clock clock) {
        return new ProtectionTurns(instances, rows, clock);
    }

    @Produces
    @Singleton
    ProtectServer protectServer(ProtectionTurns protections, Clock clock) {
        return new ProtectServer(protections, clock);
    }

    @Produces
    @Singleton
    UnprotectServer unprotectServer(ProtectionTurns protections, ClearHost clearHost) {
        return new UnprotectServer(protections, clearHost);
    }

    @Produces
    @Singleton
    ClearHost clearHost(ProtectionTurns protections) {
        return new ClearHost(protections);
    }

    @Produces
    @Singleton
    EndOfProtection endOfProtection(ProtectionRows rows, ClearHost clearHost) {
        return new EndOfProtection(rows, clearHost);
    }

    @Produces
    @Singleton
    FailOver failOver(
            InstanceTurns instances,
            ProtectionTurns protections,
            ProtectionRows rows,
            ClearHost clearHost,
            Clock clock) {
        return new FailOver(instances, protections, rows, clearHost, clock);
    }

    @Produces
    @Singleton
    TakeOvers takeOvers(
            Instances instances, InstanceTurns turns, ProtectionRows rows, FailOver failOver, Jobs jobs, Clock clock) {
        return new TakeOvers(instances, turns, rows, failOver, new JobTracker(jobs, clock), clock);
    }

    @Produces
    @Singleton
    FenceSource fenceSource(ProtectionTurns protections, TakeOvers takeOvers) {
        return new FenceSource(protections, takeOvers);
    }

    @Produces
    @Singleton
    StandbyPlacement standbyPlacement(Fleet fleet, Instances instances, ServerGroups groups, ProtectionRows rows) {
        return new StandbyPlacement(fleet, instances, groups, rows);
    }

    @Produces
    @Singleton
    Protections protections(
            Transactions transactions,
            Instances instances,
            Volumes volumes,
            ProtectionRows rows,
            StandbyPlacement placement,
            Quotas quotas,
            SagaRunner sagas,
            ProtectServer protectServer,
            UnprotectServer unprotectServer,
            Clock clock) {
        return new Protections(
                transactions,
                instances,
                volumes,
                rows,
                placement,
                quotas,
                sagas,
                protectServer,
                unprotectServer,
                clock);
    }

    @Produces
    @Singleton
    Relinks relinks(ProtectionRows rows, Fleet fleet, SagaRunner sagas, ProtectServer protectServer, Clock clock) {
        return new Relinks(rows, fleet, sagas, protectServer, clock);
    }

    @Produces
    @Singleton
    Failovers failovers(
            Transactions transactions,
            Instances instances,
            ProtectionRows rows,
            Fleet fleet,
            SagaRunner sagas,
            FenceSource fenceSource,
            TakeOvers takeOvers,
            Relinks relinks,
            Jobs jobs,
            Clock clock) {
        return new Failovers(transactions, instances, rows, fleet, sagas, fenceSource, takeOvers, relinks, jobs, clock);
    }
}
