package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.image.Images.MinimumSizes;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Begins to make images of snapshots: checks, reserves the image's row and begins [PublishSnapshot], in one
/// transaction.
public final class SnapshotImages {
    private final Transactions transactions;
    private final Snapshots snapshots;
    private final Images images;
    private final SagaRunner sagas;
    private final PublishSnapshot publishSnapshot;
    private final Clock clock;

    public SnapshotImages(
            Transactions transactions,
            Snapshots snapshots,
            Images images,
            SagaRunner sagas,
            PublishSnapshot publishSnapshot,
            Clock clock) {
        this.transactions = transactions;
        this.snapshots = snapshots;
        this.images = images;
        this.sagas = sagas;
        this.publishSnapshot = publishSnapshot;
        this.clock = clock;
    }

    /// What the disks in the archive are.
    public enum DiskForm {
        /// For us: with everything else that the snapshot holds.
        QCOW2,
        /// For other hypervisors: the disks alone.
        VMDK;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @return the job; its subject names the image, which is not active yet
    /// @throws StasisException `SNAPSHOT_NOT_FOUND`; `WRONG_STATE` while the snapshot is made or deleted
    public Job begin(Caller caller, SnapshotId id, String name, DiskForm form) {
        return transactions.call(() -> {
            Snapshot snapshot = snapshots.show(caller, id);
            if (snapshot.sealed().isEmpty() || snapshot.state() instanceof SnapshotState.Deleting) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Cannot make an image of snapshot " + id + " while it is "
                                + snapshot.state().status() + ".");
            }
            Manifest manifest = manifest(snapshot, snapshot.sealed().get().manifest(), name, form);
            Instant now = clock.instant();
            ImageId image = ImageId.random();
            Job job = Job.accepted(
                    caller, caller.project(), JobKind.PUBLISH_SNAPSHOT, JobSubject.of(snapshot.instance(), image), now);
            images.reserve(
                    image, caller.project(), name, properties(snapshot), minimum(manifest), manifest.logicalSize());
            sagas.start(
                    SagaId.random(),
                    new Start<>(publishSnapshot, new PublishSnapshot.Data(image, manifest, Optional.empty())),
                    job);
            return job;
        });
    }

    /// The bundle without the domain XML, in which the host's paths are, and without how much the store had already:
    /// they are nobody's business outside of it.
    private static Manifest manifest(Snapshot snapshot, Manifest sealed, String name, DiskForm form) {
        Map<String, String> metadata = new TreeMap<>(sealed.metadata());
        metadata.put("name", name);
        metadata.put("container_format", "ova");
        metadata.put("disk_format", form.wireName());
        metadata.put("snapshot_name", snapshot.name());
        return new Manifest(
                sealed.version(),
                ReferenceName.Kind.IMAGE,
                sealed.instance(),
                sealed.takenAt(),
                sealed.parent(),
                sealed.parts().stream()
                        .filter(part -> !(part instanceof Part.DomainXml))
                        .toList(),
                sealed.receipt().map(Receipt::withoutTransfers),
                metadata);
    }

    private static Map<String, String> properties(Snapshot snapshot) {
        return Map.of(
                "image_type", "snapshot",
                "instance_uuid", snapshot.instance().toString(),
                "stasis_snapshot", snapshot.id().toString());
    }

    private static MinimumSizes minimum(Manifest manifest) {
        ByteCount root = manifest.parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(part -> part.content().size())
                .findFirst()
                .orElse(ByteCount.ZERO);
        return new MinimumSizes(Math.toIntExact(root.gibRoundedUp()), 0);
    }
}
