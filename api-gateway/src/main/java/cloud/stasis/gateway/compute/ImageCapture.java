package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.BackupProperties;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.image.Images.MinimumSizes;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Begins to make images of servers: checks, reserves the image's row and begins [CreateImage], or [ImageOfVolumes] if
/// the root disk is a volume, in one transaction.
public final class ImageCapture {
    private final Transactions transactions;
    private final Instances instances;
    private final Images images;
    private final SagaRunner sagas;
    private final CreateImage createImage;
    private final ImageOfVolumes imageOfVolumes;
    private final VolumeSnapshotting snapshotting;
    private final Clock clock;

    public ImageCapture(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            CreateImage createImage,
            ImageOfVolumes imageOfVolumes,
            VolumeSnapshotting snapshotting,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.images = images;
        this.sagas = sagas;
        this.createImage = createImage;
        this.imageOfVolumes = imageOfVolumes;
        this.snapshotting = snapshotting;
        this.clock = clock;
    }

    /// @param metadata properties that the tenant gives the image
    /// @return the image, which is not active yet
    /// @throws StasisException `WRONG_STATE`, also while another one is being made
    public ImageId begin(Caller caller, InstanceId id, String name, Map<String, String> metadata) {
        return begin(caller, id, name, JobKind.CREATE_IMAGE, metadata, Optional.empty());
    }

    /// @param type as the tenant calls this series of backups
    /// @param rotation how many backups of the series stay
    public ImageId backUp(
            Caller caller, InstanceId id, String name, String type, int rotation, Map<String, String> metadata) {
        Map<String, String> marked = new TreeMap<>(metadata);
        marked.put(BackupProperties.IMAGE_TYPE, BackupProperties.BACKUP);
        marked.put(BackupProperties.BACKUP_TYPE, type);
        marked.put(BackupProperties.SERVER, id.toString());
        return begin(caller, id, name, JobKind.CREATE_BACKUP, marked, Optional.of(rotation));
    }

    private ImageId begin(
            Caller caller,
            InstanceId id,
            String name,
            JobKind kind,
            Map<String, String> metadata,
            Optional<Integer> rotation) {
        return transactions.call(() -> {
            boolean isVolumeBacked = instances.visible(caller, id).isVolumeBacked();
            if (isVolumeBacked && rotation.isPresent()) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST, "Backup is not supported for volume-backed instances.");
            }
            if (isVolumeBacked) {
                snapshotting.requireQuota(instances.visible(caller, id));
            }
            Instance instance = instances.lockVisible(caller, id);
            Begun begun = new Begun(
                    SagaId.random(),
                    Servers.hostOf(instance, Operation.CREATE_IMAGE),
                    ImageId.random(),
                    clock.instant());
            InstanceState busy = instance.state().toBusy(id, Operation.CREATE_IMAGE, begun.saga());
            Job job = Job.accepted(caller, instance.project(), kind, JobSubject.of(id, begun.image()), begun.now());
            Map<String, String> properties = ImageProperties.of(caller, instance, job.id(), metadata);
            Start<?> start = isVolumeBacked
                    ? ofVolumes(caller, instance, begun, name, properties)
                    : ofRoot(caller, instance, begun, name, properties, rotation);
            instances.save(instance.in(busy, begun.now()));
            sagas.start(begun.saga(), start, job);
            return begun.image();
        });
    }

    private record Begun(SagaId saga, HostId host, ImageId image, Instant now) {}

    private Start<?> ofRoot(
            Caller caller,
            Instance instance,
            Begun begun,
            String name,
            Map<String, String> properties,
            Optional<Integer> rotation) {
        DiskSpec root = instance.spec().disks().getFirst();
        images.reserve(begun.image(), caller.project(), name, properties, minimum(instance, root), root.size());
        return new Start<>(
                createImage,
                new CreateImage.Data(
                        instance.id(),
                        begun.host(),
                        begun.image(),
                        UUID.randomUUID(),
                        root.target(),
                        ImageProperties.quiesce(instance),
                        manifestMetadata(caller, instance, name, properties),
                        Optional.empty(),
                        Optional.empty(),
                        rotation));
    }

    private Start<?> ofVolumes(
            Caller caller, Instance instance, Begun begun, String name, Map<String, String> properties) {
        VolumeSnapshotting.Reserved reserved = snapshotting.reserve(caller, instance, name, begun.saga());
        Map<String, String> all = new TreeMap<>(properties);
        all.putAll(reserved.properties());
        images.reserve(
                begun.image(),
                caller.project(),
                name,
                all,
                minimum(instance, instance.spec().disks().getFirst()),
                ByteCount.ZERO);
        return new Start<>(
                imageOfVolumes,
                new ImageOfVolumes.Data(
                        instance.id(),
                        begun.host(),
                        begun.image(),
                        UUID.randomUUID(),
                        reserved.cuts(),
                        ImageProperties.quiesce(instance),
                        Optional.empty()));
    }

    static MinimumSizes minimum(Instance instance, DiskSpec root) {
        return new MinimumSizes(
                Math.toIntExact(root.size().gibRoundedUp()),
                instance.image().map(SourceImage::minRamMib).orElse(0));
    }

    /// What another site has to know to show the image as it is here.
    static Map<String, String> manifestMetadata(
            Caller caller, Instance instance, String name, Map<String, String> properties) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("name", name);
        metadata.put("project", caller.project().value());
        metadata.put("server_name", instance.profile().name());
        properties.forEach((key, value) -> metadata.put("property." + key, value));
        return metadata;
    }
}
