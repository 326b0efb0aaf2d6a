package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Begins to make servers anew from an image: checks, changes the row and begins [RebuildServer], in one
/// transaction.
public final class ServerRebuild {
    private final Transactions transactions;
    private final Instances instances;
    private final Images images;
    private final SagaRunner sagas;
    private final RebuildServer rebuildServer;
    private final Clock clock;

    public ServerRebuild(
            Transactions transactions,
            Instances instances,
            Images images,
            SagaRunner sagas,
            RebuildServer rebuildServer,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.images = images;
        this.sagas = sagas;
        this.rebuildServer = rebuildServer;
        this.clock = clock;
    }

    /// @param change to what the tenant says of the server
    /// @return the server as it will be
    /// @throws StasisException `WRONG_STATE`, `INVALID_REQUEST` if image and flavor do not go together or its root
    /// disk is a volume
    public Instance begin(Caller caller, InstanceId id, ImageId imageId, UnaryOperator<Profile> change) {
        return transactions.call(() -> {
            Instance instance = instances.lockVisible(caller, id);
            instance.requireUnlocked(caller);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(id, Operation.REBUILD, saga);
            HostId host = Servers.hostOf(instance, Operation.REBUILD);
            if (instance.isVolumeBacked()) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST, "A server whose root disk is a volume cannot be rebuilt.");
            }
            ImageRecord image = SourceImage.usable(images, caller, imageId);
            BootSource source = BootSource.of(image);
            Profile profile = change.apply(instance.profile());
            MachinePlan plan = MachinePlan.of(instance.flavor(), source);
            plan.addRoot();
            InstanceSpec spec = plan.with(instance.spec().disks())
                    .spec(
                            profile.name(),
                            MachinePlan.boot(source, kernel -> images.visibleTo(caller, ImageId.parse(kernel))))
                    .withNics(instance.spec().nics())
                    .withDrives(instance.spec().drives());
            Instant now = clock.instant();
            Instance rebuilt = instance.described(profile, now)
                    .rebuilt(spec, SourceImage.of(image), now)
                    .in(busy, now);
            instances.save(rebuilt);
            boolean stopped = instance.state()
                    .power()
                    .filter(power -> power != PowerState.RUNNING)
                    .isPresent();
            sagas.start(
                    saga,
                    new Start<>(rebuildServer, new RebuildServer.Data(id, host, spec, stopped, Optional.empty())),
                    Job.accepted(caller, instance.project(), JobKind.REBUILD_SERVER, JobSubject.of(id), now));
            return rebuilt;
        });
    }
}
