package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.VolumeQuota.Demand;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Part;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Makes volumes: checks what was asked for, enters the row and begins [CreateVolume].
public final class VolumeCreation {
    private final Transactions transactions;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final Shelf<Backup> backups;
    private final Images images;
    private final ImageRoots roots;
    private final ServerDisks disks;
    private final VolumeOffer offer;
    private final BackendChoice choice;
    private final VolumeQuota quota;
    private final SagaRunner sagas;
    private final CreateVolume createVolume;
    private final Clock clock;

    public VolumeCreation(
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
        this.transactions = transactions;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.backups = backups;
        this.images = images;
        this.roots = roots;
        this.disks = disks;
        this.offer = offer;
        this.choice = choice;
        this.quota = quota;
        this.sagas = sagas;
        this.createVolume = createVolume;
        this.clock = clock;
    }

    /// Begins to make a volume. One of a type that no backend can offer is there all the same, in `error`, with
    /// a message that says why, as clients of the volume API expect it.
    public Volume create(Caller caller, NewVolume asked) {
        return transactions.call(() -> begin(caller, asked));
    }

    /// As [#create], but fails if it cannot begin.
    public Job createAsJob(Caller caller, NewVolume asked) {
        return transactions.call(() -> begun(caller, asked)
                .job()
                .orElseThrow(() -> invalid("Invalid volume: no backend offers what its type asks for.")));
    }

    /// As [#create], within the caller's transaction.
    Volume begin(Caller caller, NewVolume asked) {
        return begun(caller, asked).volume();
    }

    /// @param job empty if the volume failed at once
    private record Begun(Volume volume, Optional<Job> job) {}

    private Begun begun(Caller caller, NewVolume asked) {
        // Before what it is made of is locked.
        quota.quotas().lock(caller.project());
        Plan plan = plan(caller, asked);
        quota.require(caller.project(), plan.demand());
        quota.requireSize(caller.project(), plan.size());
        SagaId saga = SagaId.random();
        Volume volume = plan.volume(
                caller,
                new VolumeState.Creating(saga, Optional.empty()),
                plan.origin().backend().orElseGet(() -> choice.choose(plan.type(), plan.size())));
        if (!offer.isOffered(volume)) {
            Volume failed = volume.in(new VolumeState.Failed(), clock.instant());
            volumes.add(failed);
            offer.sayThatNobodyOffers(caller, failed);
            return new Begun(failed, Optional.empty());
        }
        volumes.add(volume);
        Job job = Job.accepted(
                caller, volume.project(), JobKind.CREATE_VOLUME, JobSubject.of(volume.id()), clock.instant());
        sagas.start(saga, new Start<>(createVolume, plan.data(volume)), job);
        return new Begun(volume, Optional.of(job));
    }

    /// Enters a volume that another saga makes for a server, within its transaction and without asking for
    /// quota.
    ///
    /// @return how it is made
    /// @throws StasisException `INVALID_REQUEST`, also if no backend offers what its type asks for
    public CreateVolume.Data reserve(Caller caller, NewVolume asked, SagaId saga, Reservation reserved) {
        Plan plan = plan(caller, asked);
        Volume volume = plan.volume(
                caller,
                new VolumeState.Creating(saga, Optional.of(reserved.attachment())),
                plan.origin().backend().orElseGet(() -> choice.reachedBy(reserved.host(), plan.type(), plan.size())));
        if (!offer.isOffered(volume)) {
            throw invalid("Invalid volume: no backend offers what its type asks for.");
        }
        volumes.add(volume.withId(reserved.id()));
        return plan.data(volume.withId(reserved.id()));
    }

    /// @param host that has to reach it, unless its source says where it is
    public record Reservation(VolumeId id, Attachment attachment, HostId host) {}

    /// How large a volume will be. Within a transaction.
    public ByteCount size(Caller caller, NewVolume asked) {
        return plan(caller, asked).size();
    }

    /// What a volume will take of the quota. Within a transaction.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED` if it is too large for one
    public Demand demand(Caller caller, NewVolume asked) {
        Plan plan = plan(caller, asked);
        quota.requireSize(caller.project(), plan.size());
        return plan.demand();
    }

    private Plan plan(Caller caller, NewVolume asked) {
        Origin origin = origin(caller, asked.source());
        ByteCount size = asked.size()
                .or(origin::least)
                .orElseThrow(() -> invalid(
                        "Invalid input received: 'size' must be an integer and greater than 0 for a blank volume."));
        if (origin.least().filter(least -> size.compareTo(least) < 0).isPresent()) {
            throw invalid("Invalid input received: size must not be smaller than that of what it is made of, "
                    + origin.least().get().gibRoundedUp() + " GiB.");
        }
        return new Plan(asked, origin, size, clock.instant());
    }

    /// @param least the smallest size
    /// @param nature as the source has it
    private record Origin(
            Optional<BackendId> backend,
            Optional<ByteCount> least,
            Volume.Nature nature,
            Optional<CreateVolume.Copied> copied,
            Optional<Content> content) {
        Origin saying(Map<String, String> image) {
            return new Origin(
                    backend,
                    least,
                    nature.imaged(image).used(new Volume.Use(true, Volume.Access.READ_WRITE)),
                    copied,
                    content);
        }
    }

    private record Plan(NewVolume asked, Origin origin, ByteCount size, Instant now) {
        Demand demand() {
            return Demand.volume(type(), size);
        }

        Optional<VolumeTypeId> type() {
            return asked.type().or(origin.nature()::type);
        }

        Volume volume(Caller caller, VolumeState state, BackendId backend) {
            return new Volume(
                    VolumeId.random(),
                    caller.project(),
                    caller.user(),
                    asked.label(),
                    origin.nature().typed(type()).grouped(asked.group()),
                    size,
                    backend,
                    state,
                    now,
                    now,
                    Optional.empty());
        }

        CreateVolume.Data data(Volume volume) {
            return new CreateVolume.Data(volume.id(), volume.backend(), size, origin.copied(), origin.content());
        }
    }

    private Origin origin(Caller caller, VolumeSource source) {
        return switch (source) {
            case VolumeSource.Blank ignored ->
                new Origin(Optional.empty(), Optional.empty(), Volume.Nature.BLANK, Optional.empty(), Optional.empty());
            case VolumeSource.OfVolume(VolumeId id) -> ofVolume(caller, id);
            case VolumeSource.OfSnapshot(SnapshotId id) -> ofSnapshot(caller, id);
            case VolumeSource.OfImage(ImageId id) -> ofImage(caller, id);
            case VolumeSource.OfBackup(UUID key) -> ofBackup(caller, key);
            case VolumeSource.OfServerDisk(SnapshotId id, Optional<DeviceName> disk) ->
                ofServerDisk(disks.find(caller, id, disk));
        };
    }

    private Origin ofVolume(Caller caller, VolumeId id) {
        Volume from = volumes.lockVisible(caller, id);
        if (!(from.state() instanceof VolumeState.Available)) {
            throw invalid("Invalid volume: only an available volume can be copied; this one is "
                    + from.state().status() + ".");
        }
        Volume.Nature nature = from.nature();
        return new Origin(
                Optional.of(from.backend()),
                Optional.of(from.size()),
                new Volume.Nature(
                        nature.type(),
                        nature.use(),
                        Optional.empty(),
                        Optional.of(id),
                        nature.image(),
                        Optional.empty()),
                Optional.of(new CreateVolume.Copied(id, Optional.empty())),
                Optional.empty());
    }

    private Origin ofSnapshot(Caller caller, SnapshotId id) {
        VolumeSnapshot from = snapshots.lockVisible(caller, id);
        if (!(from.state() instanceof VolumeSnapshot.State.Available)) {
            throw invalid("Invalid snapshot: Originating snapshot status must be one of 'available' values");
        }
        Volume.Nature nature = volumes.find(from.volume()).map(Volume::nature).orElse(Volume.Nature.BLANK);
        return new Origin(
                Optional.of(from.backend()),
                Optional.of(from.size()),
                new Volume.Nature(
                        nature.type(),
                        nature.use(),
                        Optional.of(id),
                        Optional.empty(),
                        nature.image(),
                        Optional.empty()),
                Optional.of(new CreateVolume.Copied(from.volume(), Optional.of(id))),
                Optional.empty());
    }

    private Origin ofImage(Caller caller, ImageId id) {
        ImageRecord image = images.visibleTo(caller, id)
                .orElseThrow(() -> invalid("Invalid input received: Image " + id + " could not be found."));
        if (!image.isActive()) {
            throw invalid("Invalid input received: Image " + id + " is not active.");
        }
        Optional<SnapshotId> root = roots.snapshotOf(image);
        if (root.isPresent()) {
            return ofSnapshot(caller, root.get()).saying(said(image));
        }
        Content content = image.disk()
                .map(Part.Disk::content)
                .orElseThrow(() -> invalid("Invalid input received: Image " + id + " is not a disk."));
        ByteCount least = ByteCount.ofGib(Math.max(Math.max(1, content.size().gibRoundedUp()), image.minDiskGib()));
        return new Origin(
                Optional.empty(),
                Optional.of(least),
                bootable(said(image), new Volume.Use(true, Volume.Access.READ_WRITE)),
                Optional.empty(),
                Optional.of(content));
    }

    /// What the volume API says of an image that a volume is made of.
    private static Map<String, String> said(ImageRecord image) {
        Map<String, String> said = new TreeMap<>(image.properties());
        said.put("image_id", image.id().toString());
        said.put("image_name", image.name());
        said.put("min_disk", Integer.toString(image.minDiskGib()));
        said.put("min_ram", Integer.toString(image.minRamMib()));
        said.put("size", Long.toString(image.size().bytes()));
        return said;
    }

    private static Origin ofServerDisk(ServerDisks.ServerDisk disk) {
        return new Origin(
                Optional.empty(),
                Optional.of(ByteCount.ofGib(Math.max(1, disk.content().size().gibRoundedUp()))),
                bootable(disk.image(), new Volume.Use(disk.isRoot(), Volume.Access.READ_WRITE)),
                Optional.empty(),
                Optional.of(disk.content()));
    }

    private Origin ofBackup(Caller caller, UUID key) {
        Backup backup = backups.lockVisible(caller, key, "Backup");
        if (backup.status() != Backup.Status.AVAILABLE) {
            throw invalid("Invalid backup: it must be available, and is not.");
        }
        return new Origin(
                Optional.empty(),
                Optional.of(backup.size()),
                bootable(backup.original().image(), backup.original().use()),
                Optional.empty(),
                Optional.of(backup.content()));
    }

    private static Volume.Nature bootable(Map<String, String> image, Volume.Use use) {
        return new Volume.Nature(Optional.empty(), use, Optional.empty(), Optional.empty(), image, Optional.empty());
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
