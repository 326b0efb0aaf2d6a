package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeQuota.Demand;
import cloud.stasis.gateway.volume.VolumeState.Work;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// What tenants do with volumes. Each method is one transaction.
public final class VolumeCatalog {
    /// Larger is a mistake of the caller: 64 TiB, the most that qcow2 can hold with clusters of 64 KiB.
    public static final long MAX_GIB = 64 * 1024;

    private static final Set<String> ABOUT_FORMER_IMAGE = Set.of(
            "image_id",
            "image_name",
            "min_disk",
            "min_ram",
            "size",
            "checksum",
            "container_format",
            "disk_format",
            "signature_verified");

    private final Transactions transactions;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeSafety kept;
    private final VolumeOffer offer;
    private final VolumeHosts hosts;
    private final Images images;
    private final VolumeQuota quota;
    private final SagaRunner sagas;
    private final VolumeSagas kinds;
    private final Clock clock;

    public VolumeCatalog(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeSafety kept,
            VolumeOffer offer,
            VolumeHosts hosts,
            Images images,
            VolumeQuota quota,
            SagaRunner sagas,
            VolumeSagas kinds,
            Clock clock) {
        this.transactions = transactions;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.kept = kept;
        this.offer = offer;
        this.hosts = hosts;
        this.images = images;
        this.quota = quota;
        this.sagas = sagas;
        this.kinds = kinds;
        this.clock = clock;
    }

    /// What begins with each kind of work.
    public record VolumeSagas(DeleteVolume delete, ExtendVolume extend, RevertVolume revert, UploadVolume upload) {}

    /// Whether a volume that a server has may grow, which clients of old versions do not expect.
    public enum InUse {
        TOO,
        NOT
    }

    /// @throws StasisException `INVALID_REQUEST` unless it is available, or in use and that is no hindrance, and
    ///     becomes larger
    public void extend(Caller caller, VolumeId id, ByteCount size, InUse inUse) {
        transactions.run(() -> {
            Volume found = volumes.visible(caller, id);
            ByteCount before = found.size();
            if (size.compareTo(before) <= 0) {
                throw invalid(
                        "Invalid input received: New size for extend must be greater than current size. (current: "
                                + before.gibRoundedUp() + ", extended: " + size.gibRoundedUp() + ").");
            }
            quota.require(found.project(), Demand.growth(found, size));
            quota.requireSize(found.project(), size);
            Volume volume = volumes.lockVisible(caller, id);
            boolean attached = volume.state() instanceof VolumeState.InUse && inUse == InUse.TOO;
            if (!attached) {
                requireAvailable(volume, "extended");
            }
            SagaId saga = SagaId.random();
            volumes.save(
                    volume.sized(size, clock.instant()).in(working(volume, Work.EXTENDING, saga), clock.instant()));
            sagas.start(
                    saga,
                    new Start<>(
                            kinds.extend(),
                            new ExtendVolume.Data(id, volume.backend(), volume.size(), size, opened(volume))),
                    job(caller, volume, JobKind.EXTEND_VOLUME));
        });
    }

    /// Whether what a volume holds is kept as a snapshot before it goes back.
    public enum Safety {
        TAKEN,
        DECLINED
    }

    /// Begins to go back to any snapshot of the volume; it keeps its size, with zeros where the snapshot ends. A
    /// server that runs loses the volume for that moment.
    ///
    /// @throws StasisException `WRONG_STATE` unless the volume is available or a server has it
    public Job revert(Caller caller, VolumeId id, SnapshotId to, Safety safety) {
        return transactions.call(() -> beginRevert(caller, id, to, safety));
    }

    /// Begins to take the last revert back: the volume will hold what its newest safety snapshot does.
    ///
    /// @throws StasisException `WRONG_STATE` also if there is none
    public Job undoRevert(Caller caller, VolumeId id, Safety safety) {
        return transactions.call(() -> {
            SnapshotId newest = snapshots.of(volumes.visible(caller, id).id()).stream()
                    .filter(VolumeSnapshot::isSafety)
                    .filter(snapshot -> snapshot.state() instanceof VolumeSnapshot.State.Available)
                    .max(Comparator.comparing(VolumeSnapshot::createdAt))
                    .map(VolumeSnapshot::id)
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.WRONG_STATE,
                            "Volume " + id + " has no safety snapshot: there is no revert to take back."));
            return beginRevert(caller, id, newest, safety);
        });
    }

    private Job beginRevert(Caller caller, VolumeId id, SnapshotId to, Safety safety) {
        Volume volume = volumes.lockVisible(caller, id);
        VolumeSnapshot snapshot = snapshots.lockVisible(caller, to);
        if (!snapshot.volume().equals(id)) {
            throw invalid("Invalid snapshot: it is one of another volume.");
        }
        if (!mayBeReverted(volume) || !(snapshot.state() instanceof VolumeSnapshot.State.Available)) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Invalid volume: Volume and snapshot must be available to revert, or a server must have the"
                            + " volume; they are "
                            + volume.state().status() + " and "
                            + snapshot.state().status() + ".");
        }
        SagaId saga = SagaId.random();
        volumes.save(volume.in(working(volume, Work.REVERTING, saga), clock.instant()));
        snapshots.save(snapshot.in(new VolumeSnapshot.State.Restoring(saga), clock.instant()));
        Optional<SnapshotId> before = safety == Safety.TAKEN
                ? Optional.of(kept.begin(caller.user(), volume, called(snapshot), saga))
                : Optional.empty();
        Job job = job(caller, volume, JobKind.REVERT_VOLUME);
        sagas.start(
                saga,
                new Start<>(kinds.revert(), new RevertVolume.Data(id, to, volume.backend(), opened(volume), before)),
                job);
        return job;
    }

    private static String called(VolumeSnapshot snapshot) {
        String name = snapshot.label().name();
        return name.isEmpty() ? snapshot.id().toString() : name;
    }

    private boolean mayBeReverted(Volume volume) {
        return volume.state() instanceof VolumeState.Available || volume.state() instanceof VolumeState.InUse;
    }

    /// Says of a volume that nobody has that it is reserved, and takes that back.
    ///
    /// @throws StasisException `INVALID_REQUEST` in any other state
    public void reserve(Caller caller, VolumeId id) {
        transactions.run(() -> volumes.save(
                lockAvailable(caller, id, "reserved").in(new VolumeState.Marked("attaching"), clock.instant())));
    }

    public void release(Caller caller, VolumeId id) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            if (volume.state().equals(new VolumeState.Marked("attaching"))) {
                volumes.save(volume.in(new VolumeState.Available(), clock.instant()));
            }
        });
    }

    /// An operator's word on a volume on which no work goes on and that no server has.
    ///
    /// @throws StasisException `INVALID_REQUEST` otherwise
    public void mark(Caller caller, VolumeId id, String word) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            requireIdle(volume);
            VolumeState next =
                    switch (word) {
                        case "available" -> new VolumeState.Available();
                        case "error" -> new VolumeState.Failed();
                        default -> new VolumeState.Marked(word);
                    };
            volumes.save(volume.in(next, clock.instant()));
        });
    }

    /// Gives a volume another type. Nothing is moved, so its backend has to offer what that asks for.
    ///
    /// @throws StasisException `INVALID_REQUEST` unless it is available or in use
    public void retype(Caller caller, VolumeId id, VolumeTypeId type) {
        transactions.run(() -> {
            Volume found = volumes.visible(caller, id);
            quota.requireOfType(found.project(), retyped(found, type));
            Volume volume = volumes.lockVisible(caller, id);
            if (!(volume.state() instanceof VolumeState.Available) && !(volume.state() instanceof VolumeState.InUse)) {
                throw invalid("Invalid volume: Volume " + id + " status must be available or in-use to retype, but is: "
                        + volume.state().status() + ".");
            }
            if (volume.nature().type().equals(Optional.of(type))) {
                throw invalid("Invalid input received: New volume_type same as original: " + type + ".");
            }
            if (!offer.isOffered(Optional.of(type), volume.backend())) {
                throw invalid("Invalid volume: Volume " + id + " is on a backend that does not offer what the type"
                        + " asks for, and volumes are not moved.");
            }
            volumes.save(volume.with(volume.nature().typed(Optional.of(type)), clock.instant()));
        });
    }

    /// What it brings to another type: itself and its snapshots, which are of its type.
    private Demand retyped(Volume volume, VolumeTypeId type) {
        if (volume.nature().type().equals(Optional.of(type))) {
            return new Demand(Optional.of(type), 0, 0, 0);
        }
        return Demand.volume(Optional.of(type), volume.size())
                .plus(Demand.snapshots(Optional.of(type), snapshots.of(volume.id())));
    }

    public void use(Caller caller, VolumeId id, UnaryOperator<Volume.Use> change) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            Volume.Nature nature = volume.nature();
            volumes.save(volume.with(nature.used(change.apply(nature.use())), clock.instant()));
        });
    }

    /// What is said of the image that a volume was made of.
    public Map<String, String> describeImage(Caller caller, VolumeId id, UnaryOperator<Map<String, String>> change) {
        return transactions.call(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            Volume.Nature nature = volume.nature();
            Volume changed = volume.with(nature.imaged(change.apply(nature.image())), clock.instant());
            volumes.save(changed);
            return changed.nature().image();
        });
    }

    /// What an image of a volume is to be.
    public record NewImage(String name, VolumeBundle.Form form) {}

    /// Begins to make an image of a volume. One that a server has is read through that server, frozen for a
    /// moment if its guest can.
    ///
    /// @return the image, which is not active yet
    /// @throws StasisException `INVALID_REQUEST` unless it is available, or in use and `forced`
    public ImageId upload(Caller caller, VolumeId id, NewImage asked, Force force) {
        return transactions.call(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            boolean mayBe = volume.state() instanceof VolumeState.Available
                    || volume.state() instanceof VolumeState.InUse && force == Force.YES;
            if (!mayBe) {
                throw invalid("Invalid volume: Volume " + id + " status must be available or, with force, in-use, but"
                        + " current status is: " + volume.state().status() + ".");
            }
            ImageId image = ImageId.random();
            int gib = Math.toIntExact(volume.size().gibRoundedUp());
            Map<String, String> properties = inherited(volume);
            images.reserve(
                    image, caller.project(), asked.name(), properties, new Images.MinimumSizes(gib, 0), volume.size());
            SagaId saga = SagaId.random();
            volumes.save(volume.in(working(volume, Work.UPLOADING, saga), clock.instant()));
            Map<String, String> metadata = new TreeMap<>();
            metadata.put("name", asked.name());
            metadata.put("project", caller.project().value());
            VolumeBundle bundle = VolumeBundle.of(
                    volume, opened(volume), Optional.empty(), ReferenceName.of(image), asked.form(), metadata);
            sagas.start(
                    saga,
                    new Start<>(kinds.upload(), new UploadVolume.Data(image, bundle)),
                    job(caller, volume, JobKind.UPLOAD_VOLUME));
            return image;
        });
    }

    public enum Force {
        YES,
        NO
    }

    /// What the image that a volume was made of says of itself, and is true of one that is made of the volume.
    static Map<String, String> inherited(Volume volume) {
        Map<String, String> properties = new TreeMap<>(volume.nature().image());
        properties.keySet().removeAll(ABOUT_FORMER_IMAGE);
        return properties;
    }

    private Optional<VolumeBundle.Opened> opened(Volume volume) {
        return Opening.of(volume, hosts);
    }

    static VolumeState working(Volume volume, Work work, SagaId saga) {
        return new VolumeState.Working(work, saga, volume.state().attached());
    }

    public Volume relabel(Caller caller, VolumeId id, UnaryOperator<Label> change) {
        return transactions.call(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            Volume changed = volume.labelled(change.apply(volume.label()), clock.instant());
            volumes.save(changed);
            return changed;
        });
    }

    /// How much a deletion may take with it, or pass over.
    public enum Deletion {
        PLAIN,
        WITH_SNAPSHOTS,
        /// In whatever state it is, by an administrator.
        FORCED
    }

    /// Begins to delete a volume that no server has.
    ///
    /// @throws StasisException `INVALID_REQUEST` in any other state, as the volume API has it
    public void delete(Caller caller, VolumeId id, Deletion deletion) {
        transactions.run(() -> beginDeletion(caller, id, deletion));
    }

    /// As [#delete], within the caller's transaction.
    void beginDeletion(Caller caller, VolumeId id, Deletion deletion) {
        Volume volume = volumes.lockVisible(caller, id);
        if (deletion == Deletion.FORCED) {
            requireIdle(volume);
        } else if (!isDeletable(volume) || volume.nature().group().isPresent()) {
            throw invalid("Invalid volume: Volume status must be available or error or error_restoring or"
                    + " error_extending or error_managing and must not be migrating, attached, belong to a"
                    + " group, have snapshots or be disassociated from snapshots after volume transfer.");
        }
        if (volumes.isBeingCopied(id)) {
            throw invalid("Invalid volume: a volume is being made of it. Try again when that is done.");
        }
        List<VolumeSnapshot> held = snapshots.lockAllOf(id);
        long dependent = held.stream().filter(snapshot -> !snapshot.isSafety()).count();
        if (dependent > 0 && deletion == Deletion.PLAIN) {
            throw invalid("Invalid volume: Volume still has " + dependent + " dependent snapshots.");
        }
        SagaId saga = SagaId.random();
        Instant now = clock.instant();
        for (VolumeSnapshot snapshot : held) {
            if (snapshot.state().worker().isPresent() || volumes.isBeingCopied(snapshot.id())) {
                throw invalid("Invalid volume: its snapshot " + snapshot.id() + " is busy.");
            }
            snapshots.save(snapshot.in(new VolumeSnapshot.State.Deleting(saga), now));
        }
        volumes.save(volume.in(new VolumeState.Deleting(saga), now));
        sagas.start(
                saga,
                new Start<>(kinds.delete(), new DeleteVolume.Data(volume.id(), volume.backend())),
                job(caller, volume, JobKind.DELETE_VOLUME));
    }

    private static boolean isDeletable(Volume volume) {
        return switch (volume.state()) {
            case VolumeState.Available ignored -> true;
            case VolumeState.Failed ignored -> true;
            case VolumeState.Marked marked -> marked.word().startsWith("error");
            case VolumeState.Creating ignored -> false;
            case VolumeState.Attaching ignored -> false;
            case VolumeState.InUse ignored -> false;
            case VolumeState.Deleting ignored -> false;
            case VolumeState.Working ignored -> false;
        };
    }

    private static void requireIdle(Volume volume) {
        if (volume.state().worker().isPresent() || volume.state().attached().isPresent()) {
            throw invalid("Invalid volume: it is " + volume.state().status()
                    + ", and what goes on with it cannot be passed over.");
        }
    }

    private Volume lockAvailable(Caller caller, VolumeId id, String what) {
        Volume volume = volumes.lockVisible(caller, id);
        requireAvailable(volume, what);
        return volume;
    }

    private static void requireAvailable(Volume volume, String what) {
        if (!(volume.state() instanceof VolumeState.Available)) {
            throw invalid("Invalid volume: Volume " + volume.id() + " status must be available to be " + what
                    + ", but current status is: " + volume.state().status() + ".");
        }
    }

    /// What is done with the volume of a server is in the history of both.
    private Job job(Caller caller, Volume volume, JobKind kind) {
        JobSubject subject = volume.state()
                .attached()
                .map(attachment -> JobSubject.of(attachment.instance(), volume.id()))
                .orElseGet(() -> JobSubject.of(volume.id()));
        return Job.accepted(caller, volume.project(), kind, subject, clock.instant());
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }

    public Volume show(Caller caller, VolumeId id) {
        return volumes.visible(caller, id);
    }

    public List<Volume> list(Listing listing) {
        return volumes.list(listing);
    }
}
