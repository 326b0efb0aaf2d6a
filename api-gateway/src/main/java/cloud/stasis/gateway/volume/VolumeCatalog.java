package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What tenants do with volumes. Each method is one transaction.
public final class VolumeCatalog {
    /// Larger is a mistake of the caller: 64 TiB, the most that qcow2 can hold with clusters of 64 KiB.
    public static final long MAX_GIB = 64 * 1024;

    private final Transactions transactions;
    private final Volumes volumes;
    private final Fleet fleet;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final CreateVolume createVolume;
    private final DeleteVolume deleteVolume;
    private final Clock clock;

    public VolumeCatalog(
            Transactions transactions,
            Volumes volumes,
            Fleet fleet,
            Quotas quotas,
            SagaRunner sagas,
            CreateVolume createVolume,
            DeleteVolume deleteVolume,
            Clock clock) {
        this.transactions = transactions;
        this.volumes = volumes;
        this.fleet = fleet;
        this.quotas = quotas;
        this.sagas = sagas;
        this.createVolume = createVolume;
        this.deleteVolume = deleteVolume;
        this.clock = clock;
    }

    /// Begins to make a blank volume.
    public Volume create(Caller caller, Label label, ByteCount size) {
        return transactions.call(() -> {
            Instant now = clock.instant();
            quotas.require(caller.project(), Map.of(Resource.VOLUMES, 1L, Resource.VOLUME_GIB, size.gibRoundedUp()));
            BackendId backend = Placement.backend(fleet.backends(), size, now);
            SagaId saga = SagaId.random();
            Volume volume = new Volume(
                    VolumeId.random(),
                    caller.project(),
                    caller.user(),
                    label,
                    size,
                    backend,
                    new VolumeState.Creating(saga, Optional.empty()),
                    now,
                    now,
                    Optional.empty());
            volumes.add(volume);
            Job job = Job.accepted(caller, volume.project(), JobKind.CREATE_VOLUME, JobSubject.of(volume.id()), now);
            sagas.start(saga, new Start<>(createVolume, new CreateVolume.Data(volume.id(), backend, size)), job);
            return volume;
        });
    }

    public Volume relabel(Caller caller, VolumeId id, UnaryOperator<Label> change) {
        return transactions.call(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            Volume changed = volume.labelled(change.apply(volume.label()), clock.instant());
            volumes.save(changed);
            return changed;
        });
    }

    /// Begins to delete a volume that no server has.
    ///
    /// @throws StasisException `INVALID_REQUEST` in any other state, as the volume API has it
    public void delete(Caller caller, VolumeId id) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            if (!(volume.state() instanceof VolumeState.Available || volume.state() instanceof VolumeState.Failed)) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid volume: Volume status must be available or error or error_restoring or"
                                + " error_extending or error_managing and must not be migrating, attached, belong to a"
                                + " group, have snapshots or be disassociated from snapshots after volume transfer.");
            }
            Instant now = clock.instant();
            SagaId saga = SagaId.random();
            volumes.save(volume.in(new VolumeState.Deleting(saga), now));
            Job job = Job.accepted(caller, volume.project(), JobKind.DELETE_VOLUME, JobSubject.of(volume.id()), now);
            sagas.start(saga, new Start<>(deleteVolume, new DeleteVolume.Data(volume.id(), volume.backend())), job);
        });
    }

    public Volume show(Caller caller, VolumeId id) {
        return volumes.visible(caller, id);
    }

    public List<Volume> list(VolumeQuery query) {
        return volumes.list(query);
    }
}
