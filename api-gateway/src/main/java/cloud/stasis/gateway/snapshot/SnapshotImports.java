package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.image.ArchiveImport;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
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

/// Begins to make snapshots of the machines that came as images: enters the snapshot's row, under ids of its own,
/// and begins [ImportSnapshot]. If its project may not have it the image is an image all the same, and a failed job
/// says why.
public final class SnapshotImports implements ArchiveImport {
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
            SnapshotRows snapshots,
            Quotas quotas,
            StorageQuota storage,
            SagaRunner sagas,
            ImportSnapshot importSnapshot,
            JobTracker jobs,
            MemoryChoice memory,
            Clock clock) {
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
    public void arrived(Image image, ImageContent content, Sender sender) {
        SnapshotId id = SnapshotId.random();
        SagaId saga = SagaId.random();
        List<Part> parts = ImportSnapshot.taken(content.parts(), memory);
        Instant now = clock.instant();
        Job job = Job.accepted(
                sender.user(),
                sender.requestId(),
                image.owner(),
                JobKind.IMPORT_SNAPSHOT,
                JobSubject.of(id, image.id()),
                now);
        Snapshot snapshot = snapshot(image, parts, sender, id, saga, now);
        try {
            quotas.require(image.owner(), Map.of(Resource.SNAPSHOTS, 1L));
            snapshots.add(snapshot);
            storage.reserve(
                    image.owner(),
                    ReferenceName.of(id),
                    parts.stream().map(part -> part.content().size()).reduce(ByteCount.ZERO, ByteCount::plus));
        } catch (StasisException e) {
            if (e.code() != ErrorCode.QUOTA_EXCEEDED) {
                throw e;
            }
            snapshots.remove(id);
            jobs.accepted(job);
            jobs.failed(job.id(), e.report());
            return;
        }
        sagas.start(saga, new Start<>(importSnapshot, ImportSnapshot.Data.of(snapshot, image, memory)), job);
    }

    /// What is known of it before its archive was opened.
    private static Snapshot snapshot(
            Image image, List<Part> parts, Sender sender, SnapshotId id, SagaId saga, Instant now) {
        boolean hasMemory = parts.stream().anyMatch(Part.Memory.class::isInstance);
        return new Snapshot(
                id,
                image.owner(),
                sender.user(),
                InstanceId.random(),
                image.details().name(),
                new Asked(hasMemory ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY, Quiesce.NONE),
                new SnapshotState.Creating(saga),
                Optional.empty(),
                new InstanceSpec(
                        image.details().name(),
                        0,
                        ByteCount.ZERO,
                        new Boot.FromDisk(),
                        SnapshotDescription.disks(parts)),
                Optional.empty(),
                new Snapshot.Imported(image.id()),
                Snapshot.Protection.NONE,
                now,
                now);
    }
}
