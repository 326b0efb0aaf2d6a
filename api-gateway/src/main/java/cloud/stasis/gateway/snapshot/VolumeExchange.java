package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.volume.SnapshotVolume;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import cloud.stasis.gateway.volume.VolumeSafety;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.VolumeState.Work;
import cloud.stasis.gateway.volume.VolumeTurns;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.LeftOutIfEmpty;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The volumes that a revert takes from a server, because the snapshot does not show them, and those that it brings
/// back.
///
/// ```
///  in-use     ─── leaves ──> detaching ──> available │ if what the server was is kept: once that is in the store
///  available  ─── comes back ──> attaching ──> in-use, with what it held at the snapshot; what it held just before
///                                              is a safety snapshot of it
/// ```
///
/// If the revert fails each is what it was. Within transactions of its callers, which have locked the server.
public final class VolumeExchange {
    private final Volumes volumes;
    private final VolumeTurns turns;
    private final VolumeSafety safety;
    private final Clock clock;

    public VolumeExchange(Volumes volumes, VolumeTurns turns, VolumeSafety safety, Clock clock) {
        this.volumes = volumes;
        this.turns = turns;
        this.safety = safety;
        this.clock = clock;
    }

    public record Exchanged(
            @LeftOutIfEmpty List<VolumeId> leaving,
            @LeftOutIfEmpty List<VolumeId> arriving,
            @LeftOutIfEmpty List<Kept> kept) {
        public static final Exchanged NONE = new Exchanged(List.of(), List.of(), List.of());

        public Exchanged {
            leaving = List.copyOf(leaving);
            arriving = List.copyOf(arriving);
            kept = List.copyOf(kept);
        }
    }

    /// What a volume that comes back held before.
    ///
    /// @param snapshot its safety snapshot
    public record Kept(VolumeId volume, BackendId backend, SnapshotId snapshot) {
        /// How it is taken, while nobody has the volume.
        SnapshotVolume.Data taking() {
            return new SnapshotVolume.Data(snapshot, volume, backend, Optional.empty());
        }
    }

    /// Whether what volumes that come back held is kept.
    ///
    /// @param user who asked for it
    /// @param to the name of the snapshot
    record Keeping(UserId user, String to) {}

    /// Why a server cannot have the volumes again that it had; empty if it can.
    List<String> reasons(Instance instance, InstanceSpec then) {
        List<String> reasons = new ArrayList<>();
        for (Volume volume : volumes.of(List.of(instance.id()))) {
            if (!(volume.state() instanceof VolumeState.InUse)) {
                reasons.add("Volume " + volume.id() + " of the server is "
                        + volume.state().status() + ": wait until that is done.");
            }
        }
        devices(then).forEach((id, device) -> reason(instance, id, device).ifPresent(reasons::add));
        return reasons;
    }

    private Optional<String> reason(Instance instance, VolumeId id, DeviceName device) {
        String which = "Volume " + id + ", which was " + device + " of the server, ";
        Optional<Volume> found = volumes.find(id);
        if (found.isEmpty() || !found.get().project().equals(instance.project())) {
            return Optional.of(which + "is gone.");
        }
        VolumeState state = found.get().state();
        Optional<InstanceId> has = state.attached().map(Attachment::instance);
        if (has.isPresent()) {
            return has.get().equals(instance.id())
                    ? Optional.empty()
                    : Optional.of(which + "is attached to server " + has.get() + " now: detach it there first.");
        }
        return state instanceof VolumeState.Available
                ? Optional.empty()
                : Optional.of(which + "is " + state.status() + " now.");
    }

    /// Each volume that a machine has, and as which disk.
    private static Map<VolumeId, DeviceName> devices(InstanceSpec spec) {
        Map<VolumeId, DeviceName> devices =
                new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
        for (DiskSpec disk : spec.disks()) {
            if (disk.source() instanceof DiskSource.Volume(VolumeId volume)) {
                devices.put(volume, disk.target());
            }
        }
        return devices;
    }

    /// The volumes are the saga's from now on. There are no [#reasons] against it.
    Exchanged begin(Instance instance, InstanceSpec then, SagaId saga, Optional<Keeping> keeping) {
        Instant now = clock.instant();
        Map<VolumeId, DeviceName> devices = devices(then);
        List<VolumeId> leaving = new ArrayList<>();
        for (Volume attached : volumes.of(List.of(instance.id()))) {
            if (!devices.containsKey(attached.id())) {
                Volume volume = volumes.lock(attached.id()).orElseThrow();
                volumes.save(volume.in(
                        new VolumeState.Working(
                                Work.DETACHING, saga, volume.state().attached()),
                        now));
                leaving.add(volume.id());
            }
        }
        List<VolumeId> arriving = new ArrayList<>();
        List<Kept> kept = new ArrayList<>();
        devices.forEach((id, device) -> {
            Volume volume = volumes.lock(id).orElseThrow();
            if (volume.state() instanceof VolumeState.Available) {
                volumes.save(volume.in(
                        new VolumeState.Attaching(
                                saga, new Attachment(instance.id(), device, OnTermination.KEEP, Optional.empty(), now)),
                        now));
                arriving.add(id);
                keeping.ifPresent(how ->
                        kept.add(new Kept(id, volume.backend(), safety.begin(how.user(), volume, how.to(), saga))));
            }
        });
        return new Exchanged(leaving, arriving, kept);
    }

    /// The server has the volumes that it had.
    ///
    /// @param keeping the saga that brings what it was into the store, and reads what leaves until then
    /// @return sagas that forget safety snapshots of which there are too many
    List<Start<?>> completed(
            Run<?> run,
            HostId host,
            InstanceId server,
            InstanceSpec then,
            Exchanged exchanged,
            Optional<SagaId> keeping) {
        Map<VolumeId, DeviceName> devices = devices(then);
        exchanged.arriving().forEach(volume -> turns.settle(run, volume));
        exchanged
                .leaving()
                .forEach(volume -> turns.change(run, volume, state -> keeping.<VolumeState>map(
                                saga -> new VolumeState.Working(Work.DETACHING, saga, Optional.empty()))
                        .orElseGet(VolumeState.Available::new)));
        devices.forEach((id, device) -> volumes.lock(id).ifPresent(volume -> moved(volume, server, device)));
        List<Start<?>> following = new ArrayList<>();
        for (Kept kept : exchanged.kept()) {
            Opened at = new Opened(host, server, devices.getOrDefault(kept.volume(), DeviceName.virtio(0)));
            following.addAll(safety.kept(run, kept.volume(), kept.snapshot(), Optional.of(at)));
        }
        return following;
    }

    /// It may have been another disk in between.
    private void moved(Volume volume, InstanceId server, DeviceName device) {
        if (volume.state() instanceof VolumeState.InUse(Attachment at)
                && at.instance().equals(server)
                && !at.device().equals(device)) {
            volumes.save(volume.in(new VolumeState.InUse(at.as(device)), clock.instant()));
        }
    }

    void undone(Run<?> run, Exchanged exchanged) {
        exchanged.kept().forEach(kept -> safety.forgotten(run, kept.snapshot()));
        exchanged.arriving().forEach(volume -> turns.change(run, volume, state -> new VolumeState.Available()));
        exchanged.leaving().forEach(volume -> turns.settle(run, volume));
    }

    void stuck(Run<?> run, Exchanged exchanged) {
        exchanged.kept().forEach(kept -> safety.stuck(run, kept.snapshot()));
        exchanged.arriving().forEach(volume -> turns.fail(run, volume));
        exchanged.leaving().forEach(volume -> turns.fail(run, volume));
    }

    /// What a server was is in the store, or never will be: nobody reads the volumes that left it any more.
    void free(Run<?> run, List<VolumeId> left) {
        left.forEach(volume -> turns.change(run, volume, state -> new VolumeState.Available()));
    }
}
