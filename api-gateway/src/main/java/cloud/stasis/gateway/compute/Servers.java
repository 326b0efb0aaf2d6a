package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What tenants do with servers that are there. Each method that changes something is one transaction.
public final class Servers {
    private final Transactions transactions;
    private final Instances instances;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final SagaRunner sagas;
    private final ChangePower changePower;
    private final DeleteServer deleteServer;
    private final Shelf shelf;
    private final OtherWork others;
    private final Clock clock;

    public Servers(
            Transactions transactions,
            Instances instances,
            Volumes volumes,
            VolumeSnapshots snapshots,
            SagaRunner sagas,
            ChangePower changePower,
            DeleteServer deleteServer,
            Shelf shelf,
            OtherWork others,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.sagas = sagas;
        this.changePower = changePower;
        this.deleteServer = deleteServer;
        this.shelf = shelf;
        this.others = others;
        this.clock = clock;
    }

    public Instance show(Caller caller, InstanceId id) {
        return instances.visible(caller, id);
    }

    /// Also one that was deleted.
    public Instance showEver(Caller caller, InstanceId id) {
        return instances.everVisible(caller, id);
    }

    public List<Instance> list(InstanceQuery query) {
        return instances.list(query);
    }

    /// What these servers have attached, or are about to.
    public List<Volume> volumesOf(List<Instance> some) {
        return volumes.of(some.stream().map(Instance::id).toList());
    }

    public Instance describe(Caller caller, InstanceId id, UnaryOperator<Profile> change) {
        return transactions.call(() -> {
            Instance instance = instances.lockVisible(caller, id);
            Instance changed = instance.described(change.apply(instance.profile()), clock.instant());
            instances.save(changed);
            return changed;
        });
    }

    /// Locks a server, also one that is locked: the last one counts.
    public void lock(Caller caller, InstanceId id, Optional<String> reason) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            Lock.By by = instance.project().equals(caller.project()) ? Lock.By.OWNER : Lock.By.ADMIN;
            lock(instance, Optional.of(new Lock(by, reason)));
        });
    }

    /// @throws StasisException `ACCESS_DENIED` if an administrator locked it and the caller is none
    public void unlock(Caller caller, InstanceId id) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            boolean byAdmin = instance.profile()
                    .lock()
                    .filter(lock -> lock.by() == Lock.By.ADMIN)
                    .isPresent();
            if (byAdmin && !caller.isAdmin()) {
                throw new StasisException(
                        ErrorCode.ACCESS_DENIED,
                        "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed.");
            }
            lock(instance, Optional.empty());
        });
    }

    private void lock(Instance instance, Optional<Lock> lock) {
        instances.save(instance.described(instance.profile().locked(lock), clock.instant()));
    }

    /// Begins to change its power.
    ///
    /// @throws StasisException `WRONG_STATE`
    public void change(Caller caller, InstanceId id, Power power) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(id, power.operation(), saga);
            HostId host = hostOf(instance, power.operation());
            Instant now = clock.instant();
            instances.save(instance.in(busy, now));
            sagas.start(
                    saga,
                    new Start<>(changePower, new ChangePower.Data(id, host, power.action(), Optional.empty())),
                    Job.accepted(caller, instance.project(), power.job(), JobSubject.of(id), now));
        });
    }

    /// Begins to delete a server, whatever is going on with it. One that is being deleted already stays so.
    public void delete(Caller caller, InstanceId id) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            if (instance.state().isBusyWith(Operation.DELETE)) {
                return;
            }
            Optional<SagaId> interrupted = instance.state().work().map(InstanceState.Work::saga);
            SagaId saga = SagaId.random();
            Instant now = clock.instant();
            Deletion deletion = takeVolumes(instance, saga, now);
            if (instance.host().isPresent() || deletion.isWork()) {
                instances.save(instance.in(instance.state().toBusy(id, Operation.DELETE, saga), now));
                sagas.start(
                        saga,
                        new Start<>(
                                deleteServer,
                                new DeleteServer.Data(
                                        id,
                                        instance.host(),
                                        deletion.doomed(),
                                        deletion.kept(),
                                        instance.state().protection())),
                        Job.accepted(caller, instance.project(), JobKind.DELETE_SERVER, JobSubject.of(id), now));
            } else {
                instances.save(instance.deleted(now));
                deletion.kept().forEach(kept -> release(kept, now));
            }
            instance.state().shelf().ifPresent(image -> shelf.drop(image, caller.requestId()));
            interrupted.ifPresent(sagas::cancelIfPossible);
            others.on(id).forEach(sagas::cancelIfPossible);
        });
    }

    /// An operator declares what a server is. What is being done with it loses its hold on it.
    public void reset(Caller caller, InstanceId id, Declared state) {
        if (!caller.isAdmin()) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED,
                    "Policy doesn't allow os_compute_api:os-admin-actions:reset_state" + " to be performed.");
        }
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            if (instance.state().isShelved()) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Cannot 'reset_state' instance " + id + " while it is in vm_state "
                                + instance.state().vmState());
            }
            InstanceState next =
                    switch (state) {
                        case ACTIVE ->
                            instance.state().toReady(instance.state().power().orElse(PowerState.RUNNING));
                        case ERROR ->
                            instance.state()
                                    .toFailed(new ErrorReport(
                                            ErrorCode.INTERNAL, "An operator declared this server to be in error."));
                    };
            instances.save(instance.in(next, clock.instant()));
        });
    }

    public enum Declared {
        ACTIVE,
        ERROR
    }

    /// Where the operation is carried out.
    static HostId hostOf(Instance instance, Operation operation) {
        return instance.hostFor(operation);
    }

    /// Volumes that are made for a server which never came to be go with it, whatever was wished for them:
    /// nothing was ever written to them. One with snapshots stays in any case, as in Cinder: they hold on to it.
    /// Those that a revert left hold on to nothing, since nobody asked for them.
    private Deletion takeVolumes(Instance instance, SagaId saga, Instant now) {
        List<DeleteServer.DoomedVolume> doomed = new ArrayList<>();
        List<VolumeId> kept = new ArrayList<>();
        for (Volume attached : volumes.of(List.of(instance.id()))) {
            Volume volume = volumes.lock(attached.id()).orElseThrow();
            List<VolumeSnapshot> held = snapshots.lockAllOf(volume.id());
            boolean goes = volume.state() instanceof VolumeState.Creating
                    || volume.state()
                                    .attached()
                                    .map(Attachment::onTermination)
                                    .filter(OnTermination.DELETE::equals)
                                    .isPresent()
                            && held.stream().allMatch(this::goesWithItsVolume);
            if (goes) {
                held.forEach(snapshot -> snapshots.save(snapshot.in(new VolumeSnapshot.State.Deleting(saga), now)));
                volumes.save(volume.in(new VolumeState.Deleting(saga), now));
                doomed.add(new DeleteServer.DoomedVolume(volume.id(), volume.backend()));
            } else {
                kept.add(volume.id());
            }
        }
        return new Deletion(doomed, kept);
    }

    private boolean goesWithItsVolume(VolumeSnapshot snapshot) {
        return snapshot.isSafety() && snapshot.state().worker().isEmpty() && !volumes.isBeingCopied(snapshot.id());
    }

    private record Deletion(List<DeleteServer.DoomedVolume> doomed, List<VolumeId> kept) {
        boolean isWork() {
            return !doomed.isEmpty();
        }
    }

    private void release(VolumeId id, Instant now) {
        volumes.lock(id).ifPresent(volume -> volumes.save(volume.in(new VolumeState.Available(), now)));
    }
}
