package cloud.stasis.gateway.compute;

import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.util.Optional;

/// What an instance is, and what is being done with it.
///
/// ```
///              booted                    observed, done
///  Building ------------> Ready(power) <-----------------+
///      |                    |      \_____________________/
///      | failed             | stuck, or declared so
///      v                    v
///    Failed(error, power) <-+      --- reverted, rebooted, declared so ---> Ready(power)
///
///    Ready(power) --- shelved ---> Shelved(image) --- unshelved ---> Ready(power)
///    Ready(power) --- resized ---> Resized(power, former) --- confirmed, or taken back ---> Ready(power)
///    Ready(power), Failed --- rescued ---> Rescued(power) --- unrescued ---> Ready(power)
/// ```
///
/// @param work the one saga that may change this state
/// @param protection that keeps a standby of it; what a standby cannot follow is refused until that ends
public record InstanceState(Stage stage, Optional<Work> work, Optional<ProtectionId> protection) {
    public sealed interface Stage {}

    /// Has never run.
    public record Building() implements Stage {}

    /// @param power as the hypervisor last told
    public record Ready(PowerState power) implements Stage {}

    /// Something went wrong that a tenant has to know; only some things may be done with it.
    ///
    /// @param power as the hypervisor last told; empty if it never ran
    public record Failed(ErrorReport error, Optional<PowerState> power) implements Stage {}

    /// Runs from a disk that was put beside its own, for its owner to mend those.
    ///
    /// @param power as the hypervisor last told
    public record Rescued(PowerState power) implements Stage {}

    /// Has no machine and no host. What its own disks held lies in an image; volumes stay as they are.
    ///
    /// @param image with its own disks; empty if it has none
    public record Shelved(Optional<ImageId> image) implements Stage {}

    /// Has another size, or is about to get it, and may have its former one back.
    ///
    /// @param power as the hypervisor last told
    public record Resized(PowerState power, Former former) implements Stage {}

    /// What an instance was before a resize.
    ///
    /// @param kept names what its host keeps of its disks
    public record Former(Flavor flavor, Size size, SnapshotId kept, PowerState power) {}

    /// @param phase of the command under way
    /// @param growth the size that the instance will have when this is done, if it may be larger than it is; it is
    /// reserved until then
    public record Work(Operation operation, Phase phase, SagaId saga, Optional<Size> growth) {
        Work(Operation operation, SagaId saga) {
            this(operation, Phase.QUEUED, saga, Optional.empty());
        }
    }

    public static InstanceState building(SagaId saga) {
        return new InstanceState(new Building(), Optional.of(new Work(Operation.BUILD, saga)), Optional.empty());
    }

    public static InstanceState failed(ErrorReport error) {
        return new InstanceState(new Failed(error, Optional.empty()), Optional.empty(), Optional.empty());
    }

    /// @param instance whose state this is, for the message
    /// @throws StasisException `WRONG_STATE`, in the words that clients of the compute API look for
    public InstanceState toBusy(InstanceId instance, Operation operation, SagaId saga) {
        if (operation != Operation.DELETE) {
            requireAllowed(instance, operation);
        }
        return in(stage, Optional.of(new Work(operation, saga)));
    }

    /// Busy with going on where its standby is, whatever else was being done with it.
    public InstanceState toFailingOver(SagaId saga) {
        return in(stage, Optional.of(new Work(Operation.FAIL_OVER, saga)));
    }

    /// @param next that keeps a standby of it from now on; empty for none
    public InstanceState protectedBy(Optional<ProtectionId> next) {
        return new InstanceState(stage, work, next);
    }

    /// Busy with something that gives the instance another size.
    InstanceState growing(Size size) {
        return in(
                stage,
                work.map(current -> new Work(current.operation(), current.phase(), current.saga(), Optional.of(size))));
    }

    /// The size that it will have when what is being done with it is done, if that may be larger.
    public Optional<Size> growth() {
        return work.flatMap(Work::growth);
    }

    /// @throws StasisException `WRONG_STATE`
    public InstanceState toResizing(InstanceId instance, Former former, SagaId saga) {
        return in(
                new Resized(former.power(), former),
                toBusy(instance, Operation.RESIZE, saga).work());
    }

    public InstanceState toPhase(Phase phase) {
        return in(stage, work.map(current -> new Work(current.operation(), phase, current.saga(), current.growth())));
    }

    public InstanceState toReady(PowerState power) {
        return in(new Ready(power), Optional.empty());
    }

    public InstanceState toRescued(PowerState power) {
        return in(new Rescued(power), Optional.empty());
    }

    /// It has been taken off its host.
    ///
    /// @param image with its own disks; empty if it has none
    public InstanceState toShelved(Optional<ImageId> image) {
        return in(new Shelved(image), Optional.empty());
    }

    /// Nothing is being done any more, and what it is has not changed.
    public InstanceState toIdle() {
        return in(stage, Optional.empty());
    }

    public InstanceState toFailed(ErrorReport error) {
        return in(new Failed(error, power()), Optional.empty());
    }

    /// What the hypervisor tells, whatever is going on.
    public InstanceState observed(PowerState power) {
        return switch (stage) {
            case Building ignored -> this;
            case Ready ignored -> in(new Ready(power), work);
            case Failed failed -> in(new Failed(failed.error(), Optional.of(power)), work);
            case Rescued ignored -> in(new Rescued(power), work);
            case Resized resized -> in(new Resized(power, resized.former()), work);
            case Shelved ignored -> this;
        };
    }

    public boolean isWorkedOnBy(SagaId saga) {
        return work.filter(current -> current.saga().equals(saga)).isPresent();
    }

    public boolean isBusyWith(Operation operation) {
        return work.filter(current -> current.operation() == operation).isPresent();
    }

    public Optional<PowerState> power() {
        return switch (stage) {
            case Building ignored -> Optional.empty();
            case Ready ready -> Optional.of(ready.power());
            case Failed failed -> failed.power();
            case Rescued rescued -> Optional.of(rescued.power());
            case Resized resized -> Optional.of(resized.power());
            case Shelved ignored -> Optional.of(PowerState.STOPPED);
        };
    }

    public boolean isShelved() {
        return stage instanceof Shelved;
    }

    /// The image that its own disks lie in while it is shelved.
    public Optional<ImageId> shelf() {
        return stage instanceof Shelved(Optional<ImageId> image) ? image : Optional.empty();
    }

    /// What it was before a resize that is neither confirmed nor taken back.
    public Optional<Former> former() {
        return stage instanceof Resized resized ? Optional.of(resized.former()) : Optional.empty();
    }

    public Optional<ErrorReport> error() {
        return stage instanceof Failed failed ? Optional.of(failed.error()) : Optional.empty();
    }

    /// The compute API's `vm_state`.
    public String vmState() {
        return switch (stage) {
            case Building ignored -> "building";
            case Failed ignored -> "error";
            case Rescued ignored -> "rescued";
            case Shelved ignored -> "shelved_offloaded";
            case Ready ready -> powerState(ready.power());
            case Resized resized ->
                isBusyWith(Operation.RESIZE) ? powerState(resized.former().power()) : "resized";
        };
    }

    private static String powerState(PowerState power) {
        return switch (power) {
            case RUNNING -> "active";
            case PAUSED -> "paused";
            case SUSPENDED -> "suspended";
            case STOPPED, CRASHED -> "stopped";
        };
    }

    /// The compute API's `task_state`.
    public Optional<String> taskState() {
        return work.map(current -> current.operation().taskState(current.phase()));
    }

    public ServerStatus status() {
        if (isBusyWith(Operation.REBUILD)) {
            return ServerStatus.REBUILD;
        }
        return switch (stage) {
            case Building ignored -> ServerStatus.BUILD;
            case Failed ignored -> ServerStatus.ERROR;
            case Rescued ignored -> ServerStatus.RESCUE;
            case Shelved ignored -> ServerStatus.SHELVED_OFFLOADED;
            case Ready ready -> readyStatus(ready.power());
            case Resized ignored -> resizedStatus();
        };
    }

    private ServerStatus resizedStatus() {
        if (isBusyWith(Operation.RESIZE)) {
            return ServerStatus.RESIZE;
        }
        return isBusyWith(Operation.REVERT_RESIZE) ? ServerStatus.REVERT_RESIZE : ServerStatus.VERIFY_RESIZE;
    }

    private ServerStatus readyStatus(PowerState power) {
        if (isBusyWith(Operation.REBOOT_SOFT)) {
            return ServerStatus.REBOOT;
        }
        if (isBusyWith(Operation.REBOOT_HARD)) {
            return ServerStatus.HARD_REBOOT;
        }
        return switch (power) {
            case RUNNING -> ServerStatus.ACTIVE;
            case PAUSED -> ServerStatus.PAUSED;
            case SUSPENDED -> ServerStatus.SUSPENDED;
            case STOPPED, CRASHED -> ServerStatus.SHUTOFF;
        };
    }

    /// @throws StasisException `WRONG_STATE` unless the operation may begin now
    public void requireAllowed(InstanceId instance, Operation operation) {
        if (taskState().isPresent()) {
            throw wrong(instance, operation, "task_state " + taskState().get());
        }
        boolean allowed =
                switch (stage) {
                    case Building ignored -> false;
                    case Ready ready -> operation.isAllowedFrom(ready.power());
                    case Failed ignored -> operation.isAllowedWhenBroken();
                    case Rescued ignored -> operation == Operation.UNRESCUE;
                    case Shelved ignored -> operation.isAllowedWhenShelved();
                    case Resized ignored -> operation.isAllowedWhenResized();
                };
        if (!allowed) {
            throw wrong(instance, operation, "vm_state " + vmState());
        }
        if (protection.isPresent() && !operation.isAllowedWhenProtected()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Cannot '" + operation.verb() + "' instance " + instance
                            + " while it is protected, since its standby could not follow: unprotect it first.");
        }
    }

    private InstanceState in(Stage next, Optional<Work> begun) {
        return new InstanceState(next, begun, protection);
    }

    private static StasisException wrong(InstanceId instance, Operation operation, String where) {
        return new StasisException(
                ErrorCode.WRONG_STATE,
                "Cannot '" + operation.verb() + "' instance " + instance + " while it is in " + where);
    }
}
