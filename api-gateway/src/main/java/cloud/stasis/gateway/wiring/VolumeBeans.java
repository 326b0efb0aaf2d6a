package cloud.stasis.gateway.wiring;

import cloud.stasis.gateway.compute.ImageDevices;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.ServerHosts;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.DigestImage;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.SnapshotDisks;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.volume.AdoptSnapshot;
import cloud.stasis.gateway.volume.AdoptVolume;
import cloud.stasis.gateway.volume.Adoptions;
import cloud.stasis.gateway.volume.BackendChoice;
import cloud.stasis.gateway.volume.BackendMark;
import cloud.stasis.gateway.volume.Backup;
import cloud.stasis.gateway.volume.BackupCatalog;
import cloud.stasis.gateway.volume.BackupVolume;
import cloud.stasis.gateway.volume.Claim;
import cloud.stasis.gateway.volume.Claims;
import cloud.stasis.gateway.volume.CreateVolume;
import cloud.stasis.gateway.volume.DeleteBackup;
import cloud.stasis.gateway.volume.DeleteGroupSnapshot;
import cloud.stasis.gateway.volume.DeleteVolume;
import cloud.stasis.gateway.volume.DeleteVolumeSnapshot;
import cloud.stasis.gateway.volume.Encryption;
import cloud.stasis.gateway.volume.ExtendVolume;
import cloud.stasis.gateway.volume.GroupCatalog;
import cloud.stasis.gateway.volume.GroupSnapshot;
import cloud.stasis.gateway.volume.GroupType;
import cloud.stasis.gateway.volume.ImageRoots;
import cloud.stasis.gateway.volume.ImportBackup;
import cloud.stasis.gateway.volume.QosSpecs;
import cloud.stasis.gateway.volume.ReleaseSnapshot;
import cloud.stasis.gateway.volume.ReleaseVolume;
import cloud.stasis.gateway.volume.RestoreBackup;
import cloud.stasis.gateway.volume.RevertVolume;
import cloud.stasis.gateway.volume.ServerDisks;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.ShelfUsage;
import cloud.stasis.gateway.volume.Shelves;
import cloud.stasis.gateway.volume.SnapshotCatalog;
import cloud.stasis.gateway.volume.SnapshotGroup;
import cloud.stasis.gateway.volume.SnapshotUpload;
import cloud.stasis.gateway.volume.SnapshotVolume;
import cloud.stasis.gateway.volume.Transfer;
import cloud.stasis.gateway.volume.Transfers;
import cloud.stasis.gateway.volume.TypeQuotaRows;
import cloud.stasis.gateway.volume.TypeQuotas;
import cloud.stasis.gateway.volume.UploadVolume;
import cloud.stasis.gateway.volume.UserMessage;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeCreation;
import cloud.stasis.gateway.volume.VolumeGroup;
import cloud.stasis.gateway.volume.VolumeHosts;
import cloud.stasis.gateway.volume.VolumeOffer;
import cloud.stasis.gateway.volume.VolumeQuota;
import cloud.stasis.gateway.volume.VolumeSafety;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeTurns;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypes;
import cloud.stasis.gateway.volume.Volumes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// What volumes are made of: what the doors call, the sagas, and what both need.
@Singleton
class VolumeBeans {
    @Produces
    @Singleton
    VolumeTurns volumeTurns(Volumes volumes, Clock clock) {
        return new VolumeTurns(volumes, clock);
    }

    @Produces
    @Singleton
    VolumeHosts volumeHosts(Instances instances) {
        return new ServerHosts(instances);
    }

    @Produces
    @Singleton
    TypeQuotas typeQuotas(TypeQuotaRows rows, VolumeTypes types) {
        return new TypeQuotas(rows, types);
    }

    @Produces
    @Singleton
    VolumeQuota volumeQuota(Quotas quotas, TypeQuotas types) {
        return new VolumeQuota(quotas, types);
    }

    @Produces
    @Singleton
    Shelf<UserMessage> messages(Shelves shelves) {
        return shelves.of("message", UserMessage.class);
    }

    @Produces
    @Singleton
    VolumeOffer volumeOffer(
            VolumeTypes types, Shelf<Encryption> encryptions, Shelf<UserMessage> messages, Fleet fleet, Clock clock) {
        return new VolumeOffer(types, encryptions, messages, fleet, clock);
    }

    @Produces
    @Singleton
    CreateVolume createVolume(VolumeTurns volumes, Grants grants) {
        return new CreateVolume(volumes, grants);
    }

    @Produces
    @Singleton
    DeleteVolume deleteVolume(Volumes volumes, VolumeSnapshots snapshots, Shelf<Claim> claims, Clock clock) {
        return new DeleteVolume(volumes, snapshots, claims, clock);
    }

    @Produces
    @Singleton
    ExtendVolume extendVolume(VolumeTurns volumes, Clock clock) {
        return new ExtendVolume(volumes, clock);
    }

    @Produces
    @Singleton
    VolumeSafety volumeSafety(VolumeSnapshots snapshots, DeleteVolumeSnapshot deleteSnapshot, Clock clock) {
        return new VolumeSafety(snapshots, deleteSnapshot, clock);
    }

    @Produces
    @Singleton
    RevertVolume revertVolume(VolumeTurns volumes, VolumeSnapshots snapshots, VolumeSafety safety, Clock clock) {
        return new RevertVolume(volumes, snapshots, safety, clock);
    }

    @Produces
    @Singleton
    SnapshotVolume snapshotVolume(VolumeSnapshots snapshots, Clock clock) {
        return new SnapshotVolume(snapshots, clock);
    }

    @Produces
    @Singleton
    DeleteVolumeSnapshot deleteVolumeSnapshot(VolumeSnapshots snapshots, Clock clock) {
        return new DeleteVolumeSnapshot(snapshots, clock);
    }

    @Produces
    @Singleton
    UploadVolume uploadVolume(
            VolumeTurns volumes,
            Images images,
            Grants grants,
            Outbox outbox,
            DigestImage digestImage,
            DropBundle dropBundle) {
        return new UploadVolume(volumes, images, grants, outbox, digestImage, dropBundle);
    }

    @Produces
    @Singleton
    ServerDisks serverDisks(Snapshots snapshots, Instances instances) {
        return new SnapshotDisks(snapshots, instances);
    }

    @Produces
    @Singleton
    SnapshotUpload snapshotUpload(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            Images images,
            SagaRunner sagas,
            UploadVolume uploadVolume,
            Clock clock) {
        return new SnapshotUpload(transactions, volumes, snapshots, images, sagas, uploadVolume, clock);
    }

    @Produces
    @Singleton
    ImageRoots imageRoots() {
        return image -> ImageDevices.rootSnapshot(image.properties());
    }

    @Produces
    @Singleton
    BackendChoice backendChoice(VolumeOffer offer, Shelf<BackendMark> marks, Fleet fleet, Clock clock) {
        return new BackendChoice(offer, marks, fleet, clock);
    }

    @Produces
    @Singleton
    VolumeCreation volumeCreation(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            Shelf<Backup> backups,
            Images images,
            ImageRoots roots,
            ServerDisks disks,
            VolumeOffer offer,
            BackendChoice choice,
            VolumeQuota quota,
            SagaRunner sagas,
            CreateVolume createVolume,
            Clock clock) {
        return new VolumeCreation(
                transactions,
                volumes,
                snapshots,
                backups,
                images,
                roots,
                disks,
                offer,
                choice,
                quota,
                sagas,
                createVolume,
                clock);
    }

    @Produces
    @Singleton
    VolumeCatalog volumeCatalog(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeSafety safety,
            VolumeOffer offer,
            VolumeHosts hosts,
            Images images,
            VolumeQuota quota,
            SagaRunner sagas,
            DeleteVolume deleteVolume,
            ExtendVolume extendVolume,
            RevertVolume revertVolume,
            UploadVolume uploadVolume,
            Clock clock) {
        return new VolumeCatalog(
                transactions,
                volumes,
                snapshots,
                safety,
                offer,
                hosts,
                images,
                quota,
                sagas,
                new VolumeCatalog.VolumeSagas(deleteVolume, extendVolume, revertVolume, uploadVolume),
                clock);
    }

    @Produces
    @Singleton
    ReleaseVolume releaseVolume(VolumeTurns turns, Clock clock) {
        return new ReleaseVolume(turns, clock);
    }

    @Produces
    @Singleton
    AdoptVolume adoptVolume(Volumes volumes, VolumeTurns turns, VolumeQuota quota, ReleaseVolume release, Clock clock) {
        return new AdoptVolume(volumes, turns, quota, release, clock);
    }

    @Produces
    @Singleton
    AdoptSnapshot adoptSnapshot(VolumeSnapshots snapshots, Clock clock) {
        return new AdoptSnapshot(snapshots, clock);
    }

    @Produces
    @Singleton
    ReleaseSnapshot releaseSnapshot(VolumeSnapshots snapshots, Clock clock) {
        return new ReleaseSnapshot(snapshots, clock);
    }

    @Produces
    @Singleton
    Adoptions adoptions(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeQuota quota,
            SagaRunner sagas,
            AdoptVolume adoptVolume,
            ReleaseVolume releaseVolume,
            AdoptSnapshot adoptSnapshot,
            ReleaseSnapshot releaseSnapshot,
            Clock clock) {
        return new Adoptions(
                transactions,
                volumes,
                snapshots,
                quota,
                sagas,
                new Adoptions.Kinds(adoptVolume, releaseVolume, adoptSnapshot, releaseSnapshot),
                clock);
    }

    @Produces
    @Singleton
    SnapshotCatalog snapshotCatalog(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeHosts hosts,
            VolumeQuota quota,
            SagaRunner sagas,
            SnapshotVolume snapshotVolume,
            DeleteVolumeSnapshot deleteSnapshot,
            Clock clock) {
        return new SnapshotCatalog(
                transactions, volumes, snapshots, hosts, quota, sagas, snapshotVolume, deleteSnapshot, clock);
    }

    @Produces
    @Singleton
    VolumeTypeCatalog volumeTypeCatalog(Transactions transactions, VolumeTypes types) {
        return new VolumeTypeCatalog(transactions, types);
    }

    @Produces
    @Singleton
    Shelf<Backup> backups(Shelves shelves) {
        return shelves.of("backup", Backup.class);
    }

    @Produces
    @Singleton
    Usage shelfUsage(Shelf<Backup> backups, Shelf<VolumeGroup> groups) {
        return new ShelfUsage(backups, groups);
    }

    @Produces
    @Singleton
    BackupVolume backupVolume(VolumeTurns volumes, Shelf<Backup> backups, Grants grants, Outbox outbox, Clock clock) {
        return new BackupVolume(volumes, backups, grants, outbox, clock);
    }

    @Produces
    @Singleton
    RestoreBackup restoreBackup(VolumeTurns volumes, Shelf<Backup> backups, Grants grants, Clock clock) {
        return new RestoreBackup(volumes, backups, grants, clock);
    }

    @Produces
    @Singleton
    DeleteBackup deleteBackup(Shelf<Backup> backups, Outbox outbox, Clock clock) {
        return new DeleteBackup(backups, outbox, clock);
    }

    @Produces
    @Singleton
    ImportBackup importBackup(Shelf<Backup> backups, Outbox outbox, Clock clock) {
        return new ImportBackup(backups, outbox, clock);
    }

    @Produces
    @Singleton
    BackupCatalog backupCatalog(
            Transactions transactions,
            Shelf<Backup> backups,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeHosts hosts,
            BackendChoice choice,
            VolumeQuota quota,
            SagaRunner sagas,
            BackupVolume make,
            RestoreBackup restore,
            DeleteBackup delete,
            ImportBackup take,
            Clock clock) {
        return new BackupCatalog(
                transactions,
                backups,
                volumes,
                snapshots,
                hosts,
                choice,
                quota,
                sagas,
                new BackupCatalog.BackupSagas(make, restore, delete, take),
                clock);
    }

    @Produces
    @Singleton
    Shelf<GroupType> groupTypes(Shelves shelves) {
        return shelves.of("group-type", GroupType.class);
    }

    @Produces
    @Singleton
    Shelf<VolumeGroup> groups(Shelves shelves) {
        return shelves.of("group", VolumeGroup.class);
    }

    @Produces
    @Singleton
    Shelf<GroupSnapshot> groupSnapshots(Shelves shelves) {
        return shelves.of("group-snapshot", GroupSnapshot.class);
    }

    @Produces
    @Singleton
    SnapshotGroup snapshotGroup(VolumeSnapshots snapshots, Shelf<GroupSnapshot> groups, Clock clock) {
        return new SnapshotGroup(snapshots, groups, clock);
    }

    @Produces
    @Singleton
    DeleteGroupSnapshot deleteGroupSnapshot(VolumeSnapshots snapshots, Shelf<GroupSnapshot> groups, Clock clock) {
        return new DeleteGroupSnapshot(snapshots, groups, clock);
    }

    @Produces
    @Singleton
    GroupCatalog groupCatalog(
            Transactions transactions,
            Shelf<VolumeGroup> groups,
            Shelf<GroupSnapshot> taken,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeHosts hosts,
            VolumeQuota quota,
            VolumeCatalog catalog,
            VolumeCreation creation,
            SagaRunner sagas,
            SnapshotGroup take,
            DeleteGroupSnapshot delete,
            Clock clock) {
        return new GroupCatalog(
                transactions,
                groups,
                taken,
                volumes,
                snapshots,
                hosts,
                quota,
                catalog,
                creation,
                sagas,
                take,
                delete,
                clock);
    }

    @Produces
    @Singleton
    Shelf<Claim> claimShelf(Shelves shelves) {
        return shelves.of("claim", Claim.class);
    }

    @Produces
    @Singleton
    Claims claims(Transactions transactions, Volumes volumes, Shelf<Claim> claims, Clock clock) {
        return new Claims(transactions, volumes, claims, clock);
    }

    @Produces
    @Singleton
    Shelf<Transfer> transferShelf(Shelves shelves) {
        return shelves.of("transfer", Transfer.class);
    }

    @Produces
    @Singleton
    Transfers transfers(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            Shelf<Transfer> transfers,
            VolumeQuota quota,
            Clock clock) {
        return new Transfers(transactions, volumes, snapshots, transfers, quota, clock);
    }

    @Produces
    @Singleton
    Shelf<Encryption> encryptions(Shelves shelves) {
        return shelves.of("encryption", Encryption.class);
    }

    @Produces
    @Singleton
    Shelf<QosSpecs> qosSpecs(Shelves shelves) {
        return shelves.of("qos-specs", QosSpecs.class);
    }

    @Produces
    @Singleton
    Shelf<BackendMark> backendMarks(Shelves shelves) {
        return shelves.of("backend-mark", BackendMark.class);
    }
}
