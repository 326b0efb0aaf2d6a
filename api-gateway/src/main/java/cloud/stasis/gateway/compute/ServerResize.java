package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.InstanceState.Former;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Gives servers other flavors on the hosts where they are, and lets their owners confirm that or take it back. Each
/// method is one transaction.
public final class ServerResize {
    /// What a flavor says of a TPM begins with this.
    private static final String TPM = "hw:tpm";

    private final Transactions transactions;
    private final Instances instances;
    private final Flavors flavors;
    private final Growth growth;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final ResizeServer resizeServer;
    private final ConfirmResize confirmResize;
    private final RevertResize revertResize;
    private final Clock clock;

    public ServerResize(
            Transactions transactions,
            Instances instances,
            Flavors flavors,
            Growth growth,
            Quotas quotas,
            SagaRunner sagas,
            ResizeServer resizeServer,
            ConfirmResize confirmResize,
            RevertResize revertResize,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.flavors = flavors;
        this.growth = growth;
        this.quotas = quotas;
        this.sagas = sagas;
        this.resizeServer = resizeServer;
        this.confirmResize = confirmResize;
        this.revertResize = revertResize;
        this.clock = clock;
    }

    /// @param change to what the tenant says of the server
    /// @throws StasisException `WRONG_STATE`; `INVALID_REQUEST` if there is no such flavor, it is the one that the
    /// server has, it has a smaller disk, or the host has no room; `QUOTA_EXCEEDED`
    public void begin(Caller caller, InstanceId id, String wanted, UnaryOperator<Profile> change) {
        transactions.run(() -> {
            // Nobody of this project asks for more before this is settled.
            quotas.lock(instances.visible(caller, id).project());
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            PowerState power = instance.state().power().orElse(PowerState.STOPPED);
            Former former = new Former(instance.flavor(), instance.spec().size(), SnapshotId.random(), power);
            InstanceState resizing = instance.state().toResizing(id, former, saga);
            HostId host = instance.hostFor(Operation.RESIZE);
            Flavor flavor = flavors.visibleTo(caller, wanted)
                    .orElseThrow(() -> invalid("Flavor " + wanted + " could not be found."));
            Size size = size(instance, flavor);
            Instant now = clock.instant();
            Instance resized = instance.described(change.apply(instance.profile()), now)
                    .sized(flavor, size, now)
                    .in(resizing, now);
            // It has both sizes until it is settled.
            growth.require(instance, resized.load());
            instances.save(resized);
            boolean runs = power == PowerState.RUNNING;
            sagas.start(
                    saga,
                    new Start<>(
                            resizeServer, new ResizeServer.Data(id, host, runs, former.kept(), size, Optional.empty())),
                    Job.accepted(caller, instance.project(), JobKind.RESIZE_SERVER, JobSubject.of(id), now));
        });
    }

    private static Size size(Instance instance, Flavor flavor) {
        Flavor before = instance.flavor();
        if (flavor.id().equals(before.id())) {
            throw invalid("When resizing, instances must change flavor!");
        }
        if (flavor.ephemeralGib() != before.ephemeralGib() || flavor.swapMib() != before.swapMib()) {
            throw invalid("Ephemeral and swap disks keep their sizes: choose a flavor that has the same ones.");
        }
        if (!tpm(flavor).equals(tpm(before))) {
            throw invalid("A server keeps its TPM: choose a flavor that says the same of it.");
        }
        Optional<ByteCount> root = instance.spec().size().root().map(has -> root(before, flavor, has));
        return new Size(flavor.vcpus(), ByteCount.ofMib(flavor.memoryMib()), root);
    }

    private static SortedMap<String, String> tpm(Flavor flavor) {
        SortedMap<String, String> said = new TreeMap<>(flavor.extraSpecs());
        said.keySet().removeIf(key -> !key.startsWith(TPM));
        return said;
    }

    private static ByteCount root(Flavor before, Flavor flavor, ByteCount has) {
        if (flavor.diskGib() == 0) {
            if (before.diskGib() != 0) {
                throw invalid("Unable to resize disk down: Resize to zero disk flavor is not allowed.");
            }
            return has;
        }
        ByteCount root = ByteCount.ofGib(flavor.diskGib());
        if (root.compareTo(has) < 0) {
            throw invalid("Unable to resize disk down: the root disk has " + has.bytes() + " bytes, flavor "
                    + flavor.id() + " gives it " + root.bytes() + ".");
        }
        return root;
    }

    /// @throws StasisException `WRONG_STATE`
    public void confirm(Caller caller, InstanceId id) {
        settle(
                caller,
                id,
                Operation.CONFIRM_RESIZE,
                JobKind.CONFIRM_RESIZE,
                (host, former) -> new Start<>(confirmResize, new ConfirmResize.Data(id, host, former.kept())));
    }

    /// @throws StasisException `WRONG_STATE`
    public void revert(Caller caller, InstanceId id) {
        settle(
                caller,
                id,
                Operation.REVERT_RESIZE,
                JobKind.REVERT_RESIZE,
                (host, former) -> new Start<>(
                        revertResize,
                        new RevertResize.Data(
                                id, host, former.power() == PowerState.RUNNING, former.kept(), Optional.empty())));
    }

    private interface Settlement {
        Start<?> of(HostId host, Former former);
    }

    private void settle(Caller caller, InstanceId id, Operation operation, JobKind kind, Settlement settlement) {
        transactions.run(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(id, operation, saga);
            HostId host = instance.hostFor(operation);
            Former former = instance.state().former().orElseThrow();
            Instant now = clock.instant();
            instances.save(instance.in(busy, now));
            sagas.start(
                    saga,
                    settlement.of(host, former),
                    Job.accepted(caller, instance.project(), kind, JobSubject.of(id), now));
        });
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
