package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.AttachVolume;
import cloud.stasis.gateway.compute.Attached;
import cloud.stasis.gateway.compute.BootServer;
import cloud.stasis.gateway.compute.ChangePower;
import cloud.stasis.gateway.compute.ConfirmResize;
import cloud.stasis.gateway.compute.DeleteServer;
import cloud.stasis.gateway.compute.DetachVolume;
import cloud.stasis.gateway.compute.GoesWithServer;
import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.RebuildServer;
import cloud.stasis.gateway.compute.RescueServer;
import cloud.stasis.gateway.compute.ResizeServer;
import cloud.stasis.gateway.compute.RevertResize;
import cloud.stasis.gateway.compute.ShelveServer;
import cloud.stasis.gateway.compute.UnrescueServer;
import cloud.stasis.gateway.compute.UnshelveServer;
import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.device.Plugged;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.DigestImage;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.protection.EndOfProtection;
import cloud.stasis.gateway.snapshot.CloneServer;
import cloud.stasis.gateway.snapshot.DeleteSnapshot;
import cloud.stasis.gateway.snapshot.FormerFlavors;
import cloud.stasis.gateway.snapshot.ImportSnapshot;
import cloud.stasis.gateway.snapshot.ImportedMachine;
import cloud.stasis.gateway.snapshot.InstantRows;
import cloud.stasis.gateway.snapshot.NewClones;
import cloud.stasis.gateway.snapshot.RevertServer;
import cloud.stasis.gateway.snapshot.SafetySnapshots;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.snapshot.TakeInstant;
import cloud.stasis.gateway.snapshot.TakeSnapshot;
import cloud.stasis.gateway.snapshot.Verdicts;
import cloud.stasis.gateway.snapshot.VolumeExchange;
import cloud.stasis.gateway.volume.VolumeSafety;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeTurns;
import cloud.stasis.gateway.volume.Volumes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/// All sagas. The runner finds them here.
@Singleton
class SagaBeans {
    @Produces
    @Singleton
    InstanceTurns instanceTurns(Instances instances, Clock clock) {
        return new InstanceTurns(instances, clock);
    }

    @Produces
    @Singleton
    BootServer bootServer(InstanceTurns instances, Volumes volumes, Grants grants, Clock clock) {
        return new BootServer(instances, volumes, grants, clock);
    }

    @Produces
    @Singleton
    ChangePower changePower(InstanceTurns instances) {
        return new ChangePower(instances);
    }

    @Produces
    @Singleton
    DeleteServer deleteServer(
            InstanceTurns instances,
            Volumes volumes,
            VolumeSnapshots volumeSnapshots,
            SafetySnapshots safeties,
            EndOfProtection protections,
            Clock clock) {
        return new DeleteServer(
                instances, volumes, volumeSnapshots, GoesWithServer.all(List.of(safeties, protections)), clock);
    }

    @Produces
    @Singleton
    RebuildServer rebuildServer(InstanceTurns instances, Grants grants) {
        return new RebuildServer(instances, grants);
    }

    @Produces
    @Singleton
    ShelveServer shelveServer(
            InstanceTurns instances,
            Images images,
            Grants grants,
            Outbox outbox,
            DigestImage digestImage,
            DropBundle dropBundle,
            Clock clock) {
        return new ShelveServer(instances, images, grants, outbox, digestImage, dropBundle, clock);
    }

    @Produces
    @Singleton
    UnshelveServer unshelveServer(
            InstanceTurns instances, Images images, Grants grants, DropBundle dropBundle, Clock clock) {
        return new UnshelveServer(instances, images, grants, dropBundle, clock);
    }

    @Produces
    @Singleton
    RescueServer rescueServer(InstanceTurns instances, Grants grants, Clock clock) {
        return new RescueServer(instances, grants, clock);
    }

    @Produces
    @Singleton
    ResizeServer resizeServer(InstanceTurns instances, Clock clock) {
        return new ResizeServer(instances, clock);
    }

    @Produces
    @Singleton
    ConfirmResize confirmResize(InstanceTurns instances, Clock clock) {
        return new ConfirmResize(instances, clock);
    }

    @Produces
    @Singleton
    RevertResize revertResize(InstanceTurns instances) {
        return new RevertResize(instances);
    }

    @Produces
    @Singleton
    UnrescueServer unrescueServer(InstanceTurns instances) {
        return new UnrescueServer(instances);
    }

    @Produces
    @Singleton
    DropBundle dropBundle(Outbox outbox) {
        return new DropBundle(outbox);
    }

    @Produces
    @Singleton
    TakeSnapshot takeSnapshot(
            InstanceTurns instances,
            SnapshotRows snapshots,
            Grants grants,
            Outbox outbox,
            SafetySnapshots safeties,
            VolumeExchange volumes,
            Verdicts verdicts,
            NewClones clones,
            Jobs jobs,
            Clock clock) {
        return new TakeSnapshot(
                instances,
                snapshots,
                grants,
                outbox,
                safeties,
                volumes,
                verdicts,
                clones,
                new JobTracker(jobs, clock),
                clock);
    }

    @Produces
    @Singleton
    VolumeExchange volumeExchange(Volumes volumes, VolumeTurns turns, VolumeSafety safety, Clock clock) {
        return new VolumeExchange(volumes, turns, safety, clock);
    }

    @Produces
    @Singleton
    RevertServer revertServer(
            InstanceTurns instances,
            SnapshotRows snapshots,
            Grants grants,
            TakeSnapshot takeSnapshot,
            VolumeExchange volumes,
            Plugged plugged,
            FormerFlavors flavors,
            Clock clock) {
        return new RevertServer(instances, snapshots, grants, takeSnapshot, volumes, plugged, flavors, clock);
    }

    @Produces
    @Singleton
    SafetySnapshots safetySnapshots(
            Instances instances, SnapshotRows snapshots, DeleteSnapshot deleteSnapshot, Clock clock) {
        return new SafetySnapshots(instances, snapshots, deleteSnapshot, clock);
    }

    @Produces
    @Singleton
    ImportSnapshot importSnapshot(
            SnapshotRows snapshots, Images images, Networks networks, Outbox outbox, Verdicts verdicts, Clock clock) {
        return new ImportSnapshot(snapshots, new ImportedMachine(images, networks), outbox, verdicts, clock);
    }

    @Produces
    @Singleton
    CloneServer cloneServer(InstanceTurns instances, SnapshotRows snapshots, Grants grants, Clock clock) {
        return new CloneServer(instances, snapshots, grants, clock);
    }

    @Produces
    @Singleton
    DeleteSnapshot deleteSnapshot(
            Instances instances, SnapshotRows snapshots, InstantRows instants, Outbox outbox, Clock clock) {
        return new DeleteSnapshot(instances, snapshots, instants, outbox, clock);
    }

    @Produces
    @Singleton
    TakeInstant takeInstant(
            InstanceTurns instances,
            SnapshotRows snapshots,
            InstantRows instants,
            Grants grants,
            Outbox outbox,
            Verdicts verdicts,
            Clock clock) {
        return new TakeInstant(instances, snapshots, instants, grants, outbox, verdicts, clock);
    }

    @Produces
    @Singleton
    Attached attached(Instances instances, Clock clock) {
        return new Attached(instances, clock);
    }

    @Produces
    @Singleton
    AttachVolume attachVolume(Attached attached, VolumeTurns volumes) {
        return new AttachVolume(attached, volumes);
    }

    @Produces
    @Singleton
    DetachVolume detachVolume(Attached attached, VolumeTurns volumes) {
        return new DetachVolume(attached, volumes);
    }
}
