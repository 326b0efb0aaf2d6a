package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.VolumeState.Work;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Volumes that servers are given and give back. Each method that changes something is one transaction; it locks the
/// server before the volume.
public final class Attachments {
    private final Transactions transactions;
    private final Instances instances;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final Fleet fleet;
    private final SagaRunner sagas;
    private final Attached attached;
    private final AttachVolume attach;
    private final DetachVolume detach;
    private final Clock clock;

    public Attachments(
            Transactions transactions,
            Instances instances,
            Volumes volumes,
            VolumeSnapshots snapshots,
            Fleet fleet,
            SagaRunner sagas,
            Attached attached,
            AttachVolume attach,
            DetachVolume detach,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.fleet = fleet;
        this.sagas = sagas;
        this.attached = attached;
        this.attach = attach;
        this.detach = detach;
        this.clock = clock;
    }

    /// What a server has, or is about to have or to lose, by device.
    public List<Volume> of(Caller caller, InstanceId id) {
        Instance instance = instances.visible(caller, id);
        return volumes.of(List.of(instance.id()));
    }

    /// Whether there is such a volume that the caller may see.
    public boolean exists(Caller caller, VolumeId volume) {
        return volumes.find(volume)
                .filter(found -> caller.isAdmin() || found.project().equals(caller.project()))
                .isPresent();
    }

    /// Begins to give a server a volume.
    ///
    /// @param wanted the disk that it is to be; empty for the next free one
    /// @param tag what the tenant calls it on this server
    /// @return the volume as it is now
    /// @throws StasisException `WRONG_STATE` of the server; `INVALID_REQUEST` unless the volume is available and on
    /// this server's host
    public Volume attach(
            Caller caller,
            InstanceId id,
            VolumeId volumeId,
            Optional<DeviceName> wanted,
            OnTermination onTermination,
            Optional<String> tag) {
        return transactions.call(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            instance.state().requireAllowed(id, Operation.ATTACH_VOLUME);
            Volume volume = volumes.lockVisible(caller, volumeId);
            if (!(volume.state() instanceof VolumeState.Available)) {
                throw invalid("Invalid volume: volume '" + volumeId + "' status must be 'available'. Currently in '"
                        + volume.state().status() + "'");
            }
            requireQuietSnapshots(volumeId);
            Instant now = clock.instant();
            DeviceName device = place(instance, wanted);
            Attachment attachment = new Attachment(id, device, onTermination, tag, now);
            DiskSpec disk = new DiskSpec(device, volume.size(), new DiskSource.Volume(volumeId));
            if (instance.state().isShelved()) {
                return attachToShelved(id, volume.in(new VolumeState.InUse(attachment), now), disk);
            }
            HostId host = Servers.hostOf(instance, Operation.ATTACH_VOLUME);
            requireReachable(volume, host);
            SagaId saga = SagaId.random();
            Volume attaching = volume.in(new VolumeState.Attaching(saga, attachment), now);
            volumes.save(attaching);
            sagas.start(
                    saga,
                    new Start<>(attach, new AttachVolume.Data(id, host, volumeId, disk)),
                    Job.accepted(caller, instance.project(), JobKind.ATTACH_VOLUME, JobSubject.of(id, volumeId), now));
            return attaching;
        });
    }

    /// Its machine has it as soon as there is one.
    private Volume attachToShelved(InstanceId id, Volume volume, DiskSpec disk) {
        attached.add(id, disk);
        volumes.save(volume);
        return volume;
    }

    /// Who has a volume open must not change while its snapshots do.
    private void requireQuietSnapshots(VolumeId volume) {
        if (snapshots.lockAllOf(volume).stream()
                .anyMatch(snapshot -> snapshot.state().worker().isPresent())) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Invalid volume: a snapshot of it is being made or deleted. Try again when that is done.");
        }
    }

    /// Where hosts have backends of their own a volume can be attached on its own host only.
    private void requireReachable(Volume volume, HostId host) {
        if (!Placement.reaches(fleet.backends(), host, volume.backend())) {
            throw invalid("Invalid volume: it lies on " + volume.backend() + ", which the server's host " + host
                    + " does not reach: make a copy of it there, or restore a backup.");
        }
    }

    private DeviceName place(Instance instance, Optional<DeviceName> wanted) {
        Set<DeviceName> taken = new HashSet<>();
        instance.spec().disks().forEach(disk -> taken.add(disk.target()));
        volumes.of(List.of(instance.id()))
                .forEach(volume -> volume.state().attached().ifPresent(at -> taken.add(at.device())));
        if (wanted.isPresent()) {
            if (taken.contains(wanted.get())) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE, "The supplied device path (/dev/" + wanted.get() + ") is in use.");
            }
            return wanted.get();
        }
        for (int position = 1; position < DeviceName.MAX_VIRTIO; position++) {
            DeviceName device = DeviceName.virtio(position);
            if (!taken.contains(device)) {
                return device;
            }
        }
        throw invalid("The server has " + DeviceName.MAX_VIRTIO + " disks, which is as many as it can have.");
    }

    /// Begins to take a volume from a server.
    ///
    /// @throws StasisException `VOLUME_NOT_FOUND` if the server does not have it; `WRONG_STATE`, also while
    /// something else goes on with the volume; `ACCESS_DENIED` for the root disk
    public void detach(Caller caller, InstanceId id, VolumeId volumeId) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            Volume volume = attachedVolume(caller, id, volumeId);
            instance.state().requireAllowed(id, Operation.DETACH_VOLUME);
            Attachment attachment = volume.state().attached().orElseThrow();
            if (attachment.device().equals(DeviceName.virtio(0))) {
                throw new StasisException(ErrorCode.ACCESS_DENIED, "Cannot detach a root device volume");
            }
            if (!(volume.state() instanceof VolumeState.InUse)) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume"
                                + " status must be 'in-use', it is '"
                                + volume.state().status() + "'.");
            }
            requireQuietSnapshots(volumeId);
            Instant now = clock.instant();
            if (instance.state().isShelved()) {
                attached.remove(id, volumeId);
                volumes.save(volume.in(new VolumeState.Available(), now));
                return;
            }
            HostId host = Servers.hostOf(instance, Operation.DETACH_VOLUME);
            SagaId saga = SagaId.random();
            volumes.save(volume.in(new VolumeState.Working(Work.DETACHING, saga, Optional.of(attachment)), now));
            sagas.start(
                    saga,
                    new Start<>(detach, new DetachVolume.Data(id, host, volumeId)),
                    Job.accepted(caller, instance.project(), JobKind.DETACH_VOLUME, JobSubject.of(id, volumeId), now));
        });
    }

    /// Says what becomes of a volume when its server is deleted.
    public void keep(Caller caller, InstanceId id, VolumeId volumeId, OnTermination onTermination) {
        transactions.run(() -> {
            instances.lockVisible(caller, id);
            Volume volume = attachedVolume(caller, id, volumeId);
            if (volume.state() instanceof VolumeState.InUse(Attachment at)) {
                volumes.save(volume.in(new VolumeState.InUse(at.with(onTermination)), clock.instant()));
            }
        });
    }

    private Volume attachedVolume(Caller caller, InstanceId id, VolumeId volumeId) {
        return volumes.lock(volumeId)
                .filter(volume -> caller.isAdmin() || volume.project().equals(caller.project()))
                .filter(volume -> volume.state()
                        .attached()
                        .filter(at -> at.instance().equals(id))
                        .isPresent())
                .orElseThrow(() -> new StasisException(ErrorCode.VOLUME_NOT_FOUND, "volume_id not found: " + volumeId));
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
