package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.AttachVolume;
import cloud.stasis.gateway.compute.Attached;
import cloud.stasis.gateway.compute.Attachments;
import cloud.stasis.gateway.compute.ChangePower;
import cloud.stasis.gateway.compute.ConsoleLog;
import cloud.stasis.gateway.compute.DeleteServer;
import cloud.stasis.gateway.compute.DetachVolume;
import cloud.stasis.gateway.compute.DiskStreams;
import cloud.stasis.gateway.compute.FlavorCatalog;
import cloud.stasis.gateway.compute.Flavors;
import cloud.stasis.gateway.compute.Growth;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.KeypairRing;
import cloud.stasis.gateway.compute.Keypairs;
import cloud.stasis.gateway.compute.OtherWork;
import cloud.stasis.gateway.compute.ServerGroupCatalog;
import cloud.stasis.gateway.compute.ServerGroups;
import cloud.stasis.gateway.compute.Servers;
import cloud.stasis.gateway.compute.Shelf;
import cloud.stasis.gateway.device.InterfaceCopies;
import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.device.Plugged;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.http.image.ImageConfiguration;
import cloud.stasis.gateway.image.ArchiveImport;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.job.RepeatableRequests;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.JobControl;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.CaptureQueue;
import cloud.stasis.gateway.snapshot.CloneServer;
import cloud.stasis.gateway.snapshot.Clones;
import cloud.stasis.gateway.snapshot.DeleteSnapshot;
import cloud.stasis.gateway.snapshot.FormerFlavors;
import cloud.stasis.gateway.snapshot.ImportSnapshot;
import cloud.stasis.gateway.snapshot.InstantRows;
import cloud.stasis.gateway.snapshot.Instants;
import cloud.stasis.gateway.snapshot.NewClones;
import cloud.stasis.gateway.snapshot.RevertServer;
import cloud.stasis.gateway.snapshot.Reverts;
import cloud.stasis.gateway.snapshot.SnapshotImports;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.snapshot.TakeInstant;
import cloud.stasis.gateway.snapshot.TakeSnapshot;
import cloud.stasis.gateway.snapshot.Verdicts;
import cloud.stasis.gateway.snapshot.VolumeExchange;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Clock;

/// What the doors call.
@Singleton
class ServiceBeans {
    @Produces
    @Singleton
    FlavorCatalog flavorCatalog(Transactions transactions, Flavors flavors) {
        return new FlavorCatalog(transactions, flavors);
    }

    @Produces
    @Singleton
    KeypairRing keypairRing(Transactions transactions, Keypairs keypairs, Quotas quotas, Clock clock) {
        return new KeypairRing(transactions, keypairs, quotas, clock);
    }

    @Produces
    @Singleton
    ServerGroupCatalog serverGroupCatalog(Transactions transactions, ServerGroups groups, Quotas quotas, Clock clock) {
        return new ServerGroupCatalog(transactions, groups, quotas, clock);
    }

    @Produces
    @Singleton
    HttpHostReader hostReader() {
        return new HttpHostReader();
    }

    @Produces
    @Singleton
    ConsoleLog consoleLog(Instances instances, Fleet fleet, Grants grants, HttpHostReader hosts) {
        return new ConsoleLog(instances, fleet, grants, hosts);
    }

    @Produces
    @Singleton
    DiskStreams diskStreams(Instances instances, Fleet fleet, Grants grants, HttpHostReader hosts) {
        return new DiskStreams(instances, fleet, grants, hosts);
    }

    @Produces
    @Singleton
    JobControl jobControl(Transactions transactions, Jobs jobs, SagaRunner sagas, CaptureQueue queue) {
        return new JobControl(transactions, jobs, sagas, queue);
    }

    @Produces
    @Singleton
    Servers servers(
            Transactions transactions,
            Instances instances,
            Volumes volumes,
            VolumeSnapshots snapshots,
            SagaRunner sagas,
            ChangePower changePower,
            DeleteServer deleteServer,
            Shelf shelf,
            OtherWork others,
            Clock clock) {
        return new Servers(
                transactions, instances, volumes, snapshots, sagas, changePower, deleteServer, shelf, others, clock);
    }

    @Produces
    @Singleton
    RepeatableRequests repeatableRequests(Transactions transactions, Jobs jobs) {
        return new RepeatableRequests(transactions, jobs);
    }

    @Produces
    @Singleton
    Reverts reverts(
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            SagaRunner sagas,
            RevertServer revertServer,
            VolumeExchange volumes,
            Plugged plugged,
            Networks networks,
            Quotas quotas,
            Growth growth,
            Clock clock) {
        return new Reverts(
                requests, instances, snapshots, sagas, revertServer, volumes, plugged, networks, quotas, growth, clock);
    }

    @Produces
    @Singleton
    Verdicts verdicts(
            Instances instances,
            Fleet fleet,
            VolumeExchange volumes,
            Plugged plugged,
            Networks networks,
            Quotas quotas,
            Growth growth,
            Clock clock) {
        return new Verdicts(instances, fleet, volumes, plugged, networks, quotas, growth, clock);
    }

    @Produces
    @Singleton
    Growth growth(Quotas quotas, Fleet fleet, Instances instances) {
        return new Growth(quotas, fleet, instances);
    }

    @Produces
    @Singleton
    Clones clones(
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            Snapshots taking,
            Quotas quotas,
            SagaRunner sagas,
            NewClones clones,
            Clock clock) {
        return new Clones(requests, instances, snapshots, taking, quotas, sagas, clones, clock);
    }

    @Produces
    @Singleton
    NewClones newClones(
            Instances instances,
            SnapshotRows snapshots,
            Fleet fleet,
            Quotas quotas,
            CloneServer cloneServer,
            Verdicts verdicts,
            InterfaceCopies interfaces,
            FormerFlavors flavors,
            Clock clock) {
        return new NewClones(instances, snapshots, fleet, quotas, cloneServer, verdicts, interfaces, flavors, clock);
    }

    @Produces
    @Singleton
    FormerFlavors formerFlavors(Flavors flavors) {
        return new FormerFlavors(flavors);
    }

    /// A proxy, since images need it and it needs images.
    @Produces
    @ApplicationScoped
    ArchiveImport archiveImport(SnapshotImports imports) {
        return imports::arrived;
    }

    @Produces
    @Singleton
    @Typed(SnapshotImports.class)
    SnapshotImports snapshotImports(
            Transactions transactions,
            Images images,
            SnapshotRows snapshots,
            Quotas quotas,
            StorageQuota storage,
            SagaRunner sagas,
            ImportSnapshot importSnapshot,
            Jobs jobs,
            ImageConfiguration configuration,
            Clock clock) {
        MemoryChoice memory = configuration.importMemory() ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY;
        return new SnapshotImports(
                transactions,
                images,
                snapshots,
                quotas,
                storage,
                sagas,
                importSnapshot,
                new JobTracker(jobs, clock),
                memory,
                clock);
    }

    @Produces
    @Singleton
    Instants instants(
            Transactions transactions,
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            InstantRows instants,
            Quotas quotas,
            SagaRunner sagas,
            TakeInstant takeInstant,
            Reverts reverts,
            Snapshots single,
            Clock clock) {
        return new Instants(
                transactions,
                requests,
                instances,
                snapshots,
                instants,
                quotas,
                sagas,
                takeInstant,
                reverts,
                single,
                clock);
    }

    @Produces
    @Singleton
    Snapshots snapshots(
            Transactions transactions,
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            Jobs jobs,
            Quotas quotas,
            StorageQuota storage,
            Volumes volumes,
            SagaRunner sagas,
            CaptureQueue queue,
            DeleteSnapshot deleteSnapshot,
            Clock clock) {
        return new Snapshots(
                transactions,
                requests,
                instances,
                snapshots,
                jobs,
                quotas,
                storage,
                volumes,
                sagas,
                queue,
                deleteSnapshot,
                clock);
    }

    @Produces
    @Singleton
    CaptureQueue captureQueue(
            Transactions transactions,
            Instances instances,
            SnapshotRows snapshots,
            Jobs jobs,
            SagaRunner sagas,
            TakeSnapshot takeSnapshot,
            Clock clock) {
        return new CaptureQueue(
                transactions, instances, snapshots, jobs, new JobTracker(jobs, clock), sagas, takeSnapshot, clock);
    }

    @Produces
    @Singleton
    Attachments attachments(
            Transactions transactions,
            Instances instances,
            Volumes volumes,
            VolumeSnapshots snapshots,
            Fleet fleet,
            SagaRunner sagas,
            Attached attached,
            AttachVolume attach,
            DetachVolume detach,
            Clock clock) {
        return new Attachments(
                transactions, instances, volumes, snapshots, fleet, sagas, attached, attach, detach, clock);
    }
}
