package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.BlockDevice.ExistingVolume;
import cloud.stasis.gateway.compute.BlockDevice.FreshVolume;
import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.volume.CreateVolume;
import cloud.stasis.gateway.volume.NewVolume;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeCreation;
import cloud.stasis.gateway.volume.VolumeQuota;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.VolumeType;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The volumes that a server is made with: what is known of them, where they may lie, and their rows. Within the
/// transaction that makes the server.
public final class ServerVolumes {
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeTypeCatalog types;
    private final VolumeCreation creation;
    private final VolumeQuota quota;
    private final Images images;
    private final Fleet fleet;
    private final Clock clock;

    public ServerVolumes(
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeTypeCatalog types,
            VolumeCreation creation,
            VolumeQuota quota,
            Images images,
            Fleet fleet,
            Clock clock) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.types = types;
        this.creation = creation;
        this.quota = quota;
        this.images = images;
        this.fleet = fleet;
        this.clock = clock;
    }

    /// What a root disk that is a volume says of how it boots.
    ///
    /// @throws StasisException `INVALID_REQUEST` if it is not there, or not bootable
    BootSource source(Caller caller, BlockDevice root) {
        return switch (root.origin()) {
            case BlockDevice.LocalImage local -> BootSource.of(SourceImage.usable(images, caller, local.image()));
            case ExistingVolume existing -> bootable(existing(caller, existing.volume()));
            case FreshVolume fresh -> source(caller, fresh.source());
            case BlockDevice.BlankDisk _, BlockDevice.SwapDisk _ -> throw notBootable("blank");
        };
    }

    private BootSource source(Caller caller, VolumeSource source) {
        return switch (source) {
            case VolumeSource.Blank _ -> BootSource.of(Volume.Nature.BLANK);
            case VolumeSource.OfVolume(VolumeId id) -> bootable(existing(caller, id));
            case VolumeSource.OfImage(ImageId id) -> ofImage(caller, id);
            case VolumeSource.OfSnapshot(SnapshotId id) ->
                volumes.find(snapshot(caller, id).volume())
                        .map(ServerVolumes::bootable)
                        .orElseGet(() -> BootSource.of(Volume.Nature.BLANK));
            case VolumeSource.OfBackup _, VolumeSource.OfServerDisk _ -> BootSource.of(Volume.Nature.BLANK);
        };
    }

    private BootSource ofImage(Caller caller, ImageId id) {
        ImageRecord image =
                images.visibleTo(caller, id).orElseThrow(() -> MappedDevice.invalid("failed to get image " + id + "."));
        return BootSource.byVolumes(image);
    }

    private static BootSource bootable(Volume volume) {
        if (!volume.nature().use().isBootable()) {
            throw notBootable(volume.id().toString());
        }
        return BootSource.of(volume.nature());
    }

    private static StasisException notBootable(String what) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "Block Device " + what + " is not bootable.");
    }

    private Volume existing(Caller caller, VolumeId id) {
        return volumes.lock(id)
                .filter(found -> found.project().equals(caller.project()))
                .orElseThrow(() -> MappedDevice.invalid("failed to get volume " + id + "."));
    }

    private VolumeSnapshot snapshot(Caller caller, SnapshotId id) {
        return snapshots
                .find(id)
                .filter(found -> found.project().equals(caller.project()))
                .orElseThrow(() -> MappedDevice.invalid("failed to get snapshot " + id + "."));
    }

    /// Whether the project may have the volumes of so many servers of this kind.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    void requireQuota(Caller caller, Layout layout, int servers) {
        quota.require(
                caller.project(),
                layout.freshVolumes().stream()
                        .map(fresh -> asRequest(() -> creation.demand(caller, asked(caller, fresh))))
                        .map(each -> each.times(servers))
                        .toList());
    }

    private ByteCount size(Caller caller, FreshVolume fresh) {
        return asRequest(() -> creation.size(caller, asked(caller, fresh)));
    }

    /// Who makes a server with what is not there makes a mistake in the request, whatever is not there.
    private static <T> T asRequest(Supplier<T> call) {
        try {
            return call.get();
        } catch (StasisException e) {
            throw switch (e.code()) {
                case SNAPSHOT_NOT_FOUND, VOLUME_NOT_FOUND, OBJECT_NOT_FOUND, IMAGE_NOT_FOUND ->
                    new StasisException(ErrorCode.INVALID_REQUEST, e.report().message(), e);
                default -> e;
            };
        }
    }

    private NewVolume asked(Caller caller, FreshVolume fresh) {
        Optional<VolumeTypeId> type = fresh.type()
                .map(name -> asRequest(() -> types.usable(caller, name)))
                .map(VolumeType::id);
        return new NewVolume(Volume.Label.NONE, fresh.source(), fresh.size(), type, Optional.empty());
    }

    /// Those hosts that reach all that the volumes are made of, or are.
    List<Host> reaching(Caller caller, Layout layout, List<Host> hosts) {
        Set<BackendId> needed = new HashSet<>();
        layout.all().forEach(device -> {
            switch (device.origin()) {
                case ExistingVolume(VolumeId id, OnTermination _) ->
                    needed.add(existing(caller, id).backend());
                case FreshVolume fresh -> origin(caller, fresh.source()).ifPresent(needed::add);
                case BlockDevice.LocalImage _, BlockDevice.BlankDisk _, BlockDevice.SwapDisk _ -> {}
            }
        });
        List<Backend> backends = fleet.backends();
        return hosts.stream()
                .filter(host -> needed.stream().allMatch(at -> Placement.reaches(backends, host.id(), at)))
                .toList();
    }

    private Optional<BackendId> origin(Caller caller, VolumeSource source) {
        return switch (source) {
            case VolumeSource.OfSnapshot(SnapshotId id) ->
                Optional.of(snapshot(caller, id).backend());
            case VolumeSource.OfVolume(VolumeId id) ->
                Optional.of(existing(caller, id).backend());
            case VolumeSource.Blank _, VolumeSource.OfImage _, VolumeSource.OfBackup _, VolumeSource.OfServerDisk _ ->
                Optional.empty();
        };
    }

    /// Reserves volumes for one server, disk by disk.
    Reservation reservation(Caller caller, InstanceId instance, SagaId saga, HostId host) {
        return new Reservation(caller, instance, saga, host, clock.instant());
    }

    final class Reservation {
        private final Caller caller;
        private final InstanceId instance;
        private final SagaId saga;
        private final HostId host;
        private final Instant now;
        private final List<CreateVolume.Data> made = new ArrayList<>();
        private final List<VolumeId> existing = new ArrayList<>();

        private Reservation(Caller caller, InstanceId instance, SagaId saga, HostId host, Instant now) {
            this.caller = caller;
            this.instance = instance;
            this.saga = saga;
            this.host = host;
            this.now = now;
        }

        /// How those that are made with the server are made.
        List<CreateVolume.Data> made() {
            return List.copyOf(made);
        }

        List<VolumeId> existing() {
            return List.copyOf(existing);
        }

        /// Gives the machine the device, if it is a volume.
        void add(MachinePlan plan, BlockDevice device) {
            switch (device.origin()) {
                case FreshVolume fresh -> make(plan, device, fresh);
                case ExistingVolume volume -> take(plan, device, volume);
                case BlockDevice.LocalImage _, BlockDevice.BlankDisk _, BlockDevice.SwapDisk _ -> {}
            }
        }

        private void make(MachinePlan plan, BlockDevice device, FreshVolume fresh) {
            NewVolume asked = asked(caller, fresh);
            Attachment attachment = attachment(plan, device, fresh.onTermination());
            CreateVolume.Data data = creation.reserve(
                    caller, asked, saga, new VolumeCreation.Reservation(VolumeId.random(), attachment, host));
            plan.add(attachment.device(), data.size(), new DiskSource.Volume(data.volume()));
            made.add(data);
        }

        private void take(MachinePlan plan, BlockDevice device, ExistingVolume asked) {
            Volume volume = ServerVolumes.this.existing(caller, asked.volume());
            if (!(volume.state() instanceof VolumeState.Available)) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid volume: volume '" + volume.id() + "' status must be 'available'. Currently in '"
                                + volume.state().status() + "'");
            }
            boolean isQuiet = snapshots.lockAllOf(volume.id()).stream()
                    .allMatch(snapshot -> snapshot.state().worker().isEmpty());
            if (!isQuiet) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid volume: a snapshot of volume '" + volume.id() + "' is being made or deleted.");
            }
            Attachment attachment = attachment(plan, device, asked.onTermination());
            plan.add(attachment.device(), volume.size(), new DiskSource.Volume(volume.id()));
            volumes.save(volume.in(new VolumeState.Attaching(saga, attachment), now));
            existing.add(volume.id());
        }

        /// The root disk is the first, whatever it is called in the request.
        private Attachment attachment(MachinePlan plan, BlockDevice device, OnTermination onTermination) {
            DeviceName place = device.isRoot() ? plan.next() : plan.next(device.place());
            return new Attachment(instance, place, onTermination, device.tag(), now);
        }
    }
}
