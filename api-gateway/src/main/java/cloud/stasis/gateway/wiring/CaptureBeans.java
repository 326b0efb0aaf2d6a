package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.BootServer;
import cloud.stasis.gateway.compute.ConfirmResize;
import cloud.stasis.gateway.compute.CreateImage;
import cloud.stasis.gateway.compute.Flavors;
import cloud.stasis.gateway.compute.Growth;
import cloud.stasis.gateway.compute.ImageCapture;
import cloud.stasis.gateway.compute.ImageOfVolumes;
import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.RebuildServer;
import cloud.stasis.gateway.compute.RescueServer;
import cloud.stasis.gateway.compute.ResizeServer;
import cloud.stasis.gateway.compute.RevertResize;
import cloud.stasis.gateway.compute.ServerCreation;
import cloud.stasis.gateway.compute.ServerGroups;
import cloud.stasis.gateway.compute.ServerRebuild;
import cloud.stasis.gateway.compute.ServerRescue;
import cloud.stasis.gateway.compute.ServerResize;
import cloud.stasis.gateway.compute.ServerShelving;
import cloud.stasis.gateway.compute.ServerVolumes;
import cloud.stasis.gateway.compute.Shelf;
import cloud.stasis.gateway.compute.ShelveServer;
import cloud.stasis.gateway.compute.UnrescueServer;
import cloud.stasis.gateway.compute.UnshelveServer;
import cloud.stasis.gateway.compute.UnwantedCaptures;
import cloud.stasis.gateway.compute.VolumeSnapshotting;
import cloud.stasis.gateway.device.Interfaces;
import cloud.stasis.gateway.device.Media;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.CaptureCancellation;
import cloud.stasis.gateway.image.DigestImage;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.PublishSnapshot;
import cloud.stasis.gateway.snapshot.SnapshotImages;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.volume.VolumeCreation;
import cloud.stasis.gateway.volume.VolumeQuota;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypes;
import cloud.stasis.gateway.volume.Volumes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// What works with images.
@Singleton
class CaptureBeans {
    @Produces
    @Singleton
    CreateImage createImage(
            InstanceTurns instances,
            Images images,
            Grants grants,
            Outbox outbox,
            DigestImage digestImage,
            DropBundle dropBundle) {
        return new CreateImage(instances, images, grants, outbox, digestImage, dropBundle);
    }

    @Produces
    @Singleton
    DigestImage digestImage(Images images, Outbox outbox) {
        return new DigestImage(images, outbox);
    }

    @Produces
    @Singleton
    ServerVolumes serverVolumes(
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeTypeCatalog types,
            VolumeCreation creation,
            VolumeQuota quota,
            Images images,
            Fleet fleet,
            Clock clock) {
        return new ServerVolumes(volumes, snapshots, types, creation, quota, images, fleet, clock);
    }

    @Produces
    @Singleton
    ServerCreation serverCreation(
            Transactions transactions,
            Instances instances,
            ServerGroups groups,
            Flavors flavors,
            Images images,
            ServerVolumes volumes,
            Fleet fleet,
            Quotas quotas,
            SagaRunner sagas,
            BootServer bootServer,
            Interfaces interfaces,
            Media media,
            Clock clock) {
        return new ServerCreation(
                transactions,
                instances,
                groups,
                flavors,
                images,
                volumes,
                fleet,
                quotas,
                sagas,
                bootServer,
                interfaces,
                media,
                clock);
    }

    @Produces
    @Singleton
    ImageOfVolumes imageOfVolumes(
            Instances instances, InstanceTurns turns, VolumeSnapshots snapshots, Images images, Clock clock) {
        return new ImageOfVolumes(instances, turns, snapshots, images, clock);
    }

    @Produces
    @Singleton
    VolumeSnapshotting volumeSnapshotting(
            Volumes volumes, VolumeSnapshots snapshots, VolumeTypes types, VolumeQuota quota, Clock clock) {
        return new VolumeSnapshotting(volumes, snapshots, types, quota, clock);
    }

    @Produces
    @Singleton
    ImageCapture imageCapture(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            CreateImage createImage,
            ImageOfVolumes imageOfVolumes,
            VolumeSnapshotting snapshotting,
            Clock clock) {
        return new ImageCapture(
                transactions, instances, images, sagas, createImage, imageOfVolumes, snapshotting, clock);
    }

    @Produces
    @Singleton
    PublishSnapshot publishSnapshot(Images images, Outbox outbox, DigestImage digestImage, DropBundle dropBundle) {
        return new PublishSnapshot(images, outbox, digestImage, dropBundle);
    }

    @Produces
    @Singleton
    SnapshotImages snapshotImages(
            Transactions transactions,
            Snapshots snapshots,
            Images images,
            SagaRunner sagas,
            PublishSnapshot publishSnapshot,
            Clock clock) {
        return new SnapshotImages(transactions, snapshots, images, sagas, publishSnapshot, clock);
    }

    @Produces
    @Singleton
    ServerRebuild serverRebuild(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            RebuildServer rebuildServer,
            Clock clock) {
        return new ServerRebuild(transactions, instances, images, sagas, rebuildServer, clock);
    }

    @Produces
    @Singleton
    ServerRescue serverRescue(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            RescueServer rescueServer,
            UnrescueServer unrescueServer,
            Clock clock) {
        return new ServerRescue(transactions, instances, images, sagas, rescueServer, unrescueServer, clock);
    }

    @Produces
    @Singleton
    ServerResize serverResize(
            Transactions transactions,
            Instances instances,
            Flavors flavors,
            Growth growth,
            Quotas quotas,
            SagaRunner sagas,
            ResizeServer resizeServer,
            ConfirmResize confirmResize,
            RevertResize revertResize,
            Clock clock) {
        return new ServerResize(
                transactions,
                instances,
                flavors,
                growth,
                quotas,
                sagas,
                resizeServer,
                confirmResize,
                revertResize,
                clock);
    }

    @Produces
    @Singleton
    ServerShelving serverShelving(
            Transactions transactions,
            Instances instances,
            Images images,
            Volumes volumes,
            ServerGroups groups,
            Fleet fleet,
            SagaRunner sagas,
            ShelveServer shelveServer,
            UnshelveServer unshelveServer,
            Clock clock) {
        return new ServerShelving(
                transactions, instances, images, volumes, groups, fleet, sagas, shelveServer, unshelveServer, clock);
    }

    @Produces
    @Singleton
    Shelf shelf(Images images, Outbox outbox) {
        return new Shelf(images, outbox);
    }

    /// A proxy, since images need it and captures need images.
    @Produces
    @ApplicationScoped
    CaptureCancellation unwantedCaptures(Jobs jobs, SagaRunner sagas) {
        return new UnwantedCaptures(jobs, sagas);
    }
}
