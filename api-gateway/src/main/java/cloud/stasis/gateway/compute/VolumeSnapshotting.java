package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.ImageDevices.Kept;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeQuota;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.VolumeType;
import cloud.stasis.gateway.volume.VolumeTypes;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reserves the snapshots that an image of a volume-backed server consists of. Within the transaction that begins the
/// image.
public final class VolumeSnapshotting {
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeTypes types;
    private final VolumeQuota quota;
    private final Clock clock;

    public VolumeSnapshotting(
            Volumes volumes, VolumeSnapshots snapshots, VolumeTypes types, VolumeQuota quota, Clock clock) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.types = types;
        this.quota = quota;
        this.clock = clock;
    }

    /// Before any row is locked: what a snapshot of each volume of the server takes.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    void requireQuota(Instance instance) {
        quota.require(
                instance.project(),
                volumes.of(List.of(instance.id())).stream()
                        .map(VolumeQuota.Demand::snapshot)
                        .toList());
    }

    /// @param cuts what the agent is to keep
    /// @param properties that make an image of the snapshots
    record Reserved(List<VolumeCut> cuts, Map<String, String> properties) {}

    /// @param image what the image is called
    /// @throws StasisException `WRONG_STATE` while something else goes on with one of the volumes
    Reserved reserve(Caller caller, Instance instance, String image, SagaId saga) {
        Instant now = clock.instant();
        List<VolumeCut> cuts = new ArrayList<>();
        List<Kept> kept = new ArrayList<>();
        for (DiskSpec disk : instance.spec().disks()) {
            if (disk.source() instanceof DiskSource.Volume(VolumeId id)) {
                Volume volume = volumes.lock(id).orElseThrow(() -> busy(instance, id, "gone"));
                OnTermination onTermination = attachment(instance, volume);
                SnapshotId snapshot = SnapshotId.random();
                snapshots.add(snapshot(caller, volume, snapshot, image, saga, now));
                cuts.add(new VolumeCut(id, snapshot));
                kept.add(new Kept(disk, Optional.of(snapshot), onTermination, type(volume), Optional.empty()));
            } else {
                kept.add(new Kept(
                        disk, Optional.empty(), OnTermination.DELETE, Optional.empty(), guestFormat(instance, disk)));
            }
        }
        Map<String, String> properties = new TreeMap<>();
        properties.put(
                ImageDevices.ROOT_NAME,
                "/dev/" + instance.spec().disks().getFirst().target());
        properties.put(ImageDevices.SECOND_VERSION, "True");
        properties.put(ImageDevices.MAPPING, ImageDevices.write(kept));
        return new Reserved(cuts, properties);
    }

    private static OnTermination attachment(Instance instance, Volume volume) {
        if (volume.state() instanceof VolumeState.InUse(VolumeState.Attachment at)) {
            return at.onTermination();
        }
        throw busy(instance, volume.id(), volume.state().status());
    }

    private static StasisException busy(Instance instance, VolumeId volume, String status) {
        return new StasisException(
                ErrorCode.WRONG_STATE,
                "Cannot 'createImage' instance " + instance.id() + " while its volume " + volume + " is " + status
                        + ".");
    }

    private Optional<String> type(Volume volume) {
        return volume.nature().type().flatMap(types::find).map(VolumeType::name);
    }

    /// A flavor's disk to swap to is the last of those that are blank.
    private static Optional<String> guestFormat(Instance instance, DiskSpec disk) {
        Optional<DiskSpec> last = instance.spec().disks().stream()
                .filter(known -> known.source() instanceof DiskSource.Blank)
                .reduce((_, later) -> later);
        return instance.flavor().swapMib() > 0 && last.filter(disk::equals).isPresent()
                ? Optional.of("swap")
                : Optional.empty();
    }

    private static VolumeSnapshot snapshot(
            Caller caller, Volume volume, SnapshotId id, String image, SagaId saga, Instant now) {
        return VolumeSnapshot.of(
                volume,
                id,
                caller.user(),
                new Volume.Label("snapshot for " + image, Optional.empty(), Map.of()),
                Optional.empty(),
                VolumeSnapshot.Occasion.ON_REQUEST,
                saga,
                now);
    }
}
