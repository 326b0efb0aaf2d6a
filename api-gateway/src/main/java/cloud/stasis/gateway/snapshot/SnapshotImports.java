package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ArchiveImport;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Begins to make snapshots of the machines that came as images: enters the snapshot's row, under ids of its own, and
/// begins [ImportSnapshot]. If its project may not have it the image is an image all the same, a failed job says why,
/// and it can be asked for again.
public final class SnapshotImports implements ArchiveImport {
    private final Transactions transactions;
    private final Images images;
    private final SnapshotRows snapshots;
    private final Quotas quotas;
    private final StorageQuota storage;
    private final SagaRunner sagas;
    private final ImportSnapshot importSnapshot;
    private final JobTracker jobs;
    private final MemoryChoice memory;
    private final Clock clock;

    /// @param memory whether it is taken out of archives
    public SnapshotImports(
            Transactions transactions,
            Images images,
            SnapshotRows snapshots,
            Quotas quotas,
            StorageQuota storage,
            SagaRunner sagas,
            ImportSnapshot importSnapshot,
            JobTracker jobs,
            MemoryChoice memory,
            Clock clock) {
        this.transactions = transactions;
        this.images = images;
        this.snapshots = snapshots;
        this.quotas = quotas;
        this.storage = storage;
        this.sagas = sagas;
        this.importSnapshot = importSnapshot;
        this.jobs = jobs;
        this.memory = memory;
        this.clock = clock;
    }

    @Override
    public void arrived(ImageRecord image, Sender sender) {
        Planned planned = plan(image, image.name(), sender);
        try {
            begin(planned);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.QUOTA_EXCEEDED) {
                throw e;
            }
            snapshots.remove(planned.snapshot().id());
            jobs.accepted(planned.job());
            jobs.failed(planned.job().id(), e.report());
        }
    }

    /// Begins to make a snapshot of an image that is there, since there was no room for it before, or it is gone.
    ///
    /// @throws StasisException `IMAGE_NOT_FOUND`; `INVALID_REQUEST` if it is not the archive of a machine;
    /// `QUOTA_EXCEEDED`
    public Job again(Caller caller, ImageId id, String name) {
        return transactions.call(() -> {
            ImageRecord image = images.visibleTo(caller, id)
                    .filter(found -> found.owner().equals(caller.project()))
                    .filter(ImageRecord::isThere)
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.IMAGE_NOT_FOUND, "No image found with ID " + id + " in this project."));
            if (!image.isActive() || !image.isMachine()) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST, "Image " + id + " was not uploaded as the archive of a machine.");
            }
            Planned planned = plan(image, name, new Sender(caller.user(), caller.requestId()));
            begin(planned);
            return planned.job();
        });
    }

    private record Planned(ImageRecord image, Snapshot snapshot, SagaId saga, ByteCount size, Job job) {}

    private Planned plan(ImageRecord image, String name, Sender sender) {
        SagaId saga = SagaId.random();
        List<Part> parts = ImportSnapshot.taken(image.parts(), memory);
        Snapshot snapshot = snapshot(image, name, parts, sender, saga, clock.instant());
        Job job = Job.accepted(
                sender.user(),
                sender.requestId(),
                image.owner(),
                JobKind.IMPORT_SNAPSHOT,
                JobSubject.of(snapshot.id(), image.id()),
                snapshot.createdAt());
        ByteCount size = parts.stream().map(part -> part.content().size()).reduce(ByteCount.ZERO, ByteCount::plus);
        return new Planned(image, snapshot, saga, size, job);
    }

    private void begin(Planned planned) {
        Snapshot snapshot = planned.snapshot();
        quotas.require(snapshot.project(), Map.of(Resource.SNAPSHOTS, 1L));
        snapshots.add(snapshot);
        storage.reserve(snapshot.project(), ReferenceName.of(snapshot.id()), planned.size());
        sagas.start(
                planned.saga(),
                new Start<>(importSnapshot, ImportSnapshot.Data.of(snapshot, planned.image(), memory)),
                planned.job());
    }

    /// What is known of it before its archive was opened.
    private static Snapshot snapshot(
            ImageRecord image, String name, List<Part> parts, Sender sender, SagaId saga, Instant now) {
        boolean hasMemory = parts.stream().anyMatch(Part.Memory.class::isInstance);
        return new Snapshot(
                SnapshotId.random(),
                image.owner(),
                sender.user(),
                InstanceId.random(),
                name,
                new Asked(hasMemory ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY, Quiesce.NONE),
                new SnapshotState.Creating(saga),
                Optional.empty(),
                new InstanceSpec(name, 0, ByteCount.ZERO, new Boot.FromDisk(), SnapshotDescription.disks(parts)),
                Optional.empty(),
                new Snapshot.Imported(image.id()),
                Snapshot.Protection.NONE,
                now,
                now);
    }
}
