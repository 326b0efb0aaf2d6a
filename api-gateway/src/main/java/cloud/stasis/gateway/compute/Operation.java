package cloud.stasis.gateway.compute;

import static cloud.stasis.model.PowerState.CRASHED;
import static cloud.stasis.model.PowerState.PAUSED;
import static cloud.stasis.model.PowerState.RUNNING;
import static cloud.stasis.model.PowerState.STOPPED;
import static cloud.stasis.model.PowerState.SUSPENDED;

import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import java.util.Set;

/// What a saga does with an instance: from which states it may begin, and what the compute API shows meanwhile as
/// `task_state`. The names are stored: a released one never changes.
public enum Operation {
    BUILD("create", Set.of(), Broken.REFUSED),
    START("start", Set.of(STOPPED, CRASHED), Broken.REFUSED),
    STOP("stop", Set.of(RUNNING), Broken.ALLOWED),
    REBOOT_SOFT("reboot", Set.of(RUNNING), Broken.REFUSED),
    REBOOT_HARD("reboot", Set.of(RUNNING, STOPPED, PAUSED, SUSPENDED, CRASHED), Broken.ALLOWED),
    PAUSE("pause", Set.of(RUNNING), Broken.REFUSED),
    UNPAUSE("unpause", Set.of(PAUSED), Broken.REFUSED),
    SUSPEND("suspend", Set.of(RUNNING), Broken.REFUSED),
    RESUME("resume", Set.of(SUSPENDED), Broken.REFUSED),
    CREATE_IMAGE("createImage", Set.of(RUNNING, STOPPED, PAUSED, SUSPENDED, CRASHED), Broken.REFUSED),
    TAKE_SNAPSHOT("takeSnapshot", Set.of(RUNNING, STOPPED, PAUSED, SUSPENDED, CRASHED), Broken.REFUSED),
    /// A way out of an error, too.
    REBUILD("rebuild", Set.of(RUNNING, STOPPED, CRASHED), Broken.ALLOWED),
    /// So is this.
    REVERT("revertToSnapshot", Set.of(RUNNING, STOPPED, PAUSED, SUSPENDED, CRASHED), Broken.ALLOWED),
    /// From then on it has no machine.
    SHELVE("shelve", Set.of(RUNNING, STOPPED, PAUSED, SUSPENDED, CRASHED), Broken.REFUSED),
    UNSHELVE("unshelve", Set.of(), Broken.REFUSED),
    RESCUE("rescue", Set.of(RUNNING, STOPPED, CRASHED), Broken.ALLOWED),
    UNRESCUE("unrescue", Set.of(), Broken.ALLOWED),
    /// From then on until one of the two others it has two sizes.
    RESIZE("resize", Set.of(RUNNING, STOPPED, CRASHED), Broken.REFUSED),
    CONFIRM_RESIZE("confirmResize", Set.of(), Broken.REFUSED),
    REVERT_RESIZE("revertResize", Set.of(), Broken.REFUSED),
    /// Devices that come, go and change do not make it busy.
    ATTACH_VOLUME("attach_volume", Set.of(RUNNING, STOPPED, PAUSED, CRASHED), Broken.REFUSED),
    DETACH_VOLUME("detach_volume", Set.of(RUNNING, STOPPED, PAUSED, CRASHED), Broken.REFUSED),
    ATTACH_INTERFACE("attach_interface", Set.of(RUNNING, STOPPED, PAUSED, CRASHED), Broken.REFUSED),
    DETACH_INTERFACE("detach_interface", Set.of(RUNNING, STOPPED, PAUSED, CRASHED), Broken.REFUSED),
    CHANGE_DEVICE("change_device", Set.of(RUNNING, STOPPED, PAUSED, CRASHED), Broken.REFUSED),
    /// It keeps running.
    PROTECT("protect", Set.of(RUNNING), Broken.REFUSED),
    /// From then on it is on another host.
    FAIL_OVER("failover", Set.of(RUNNING, PAUSED), Broken.REFUSED),
    DELETE("delete", Set.of(RUNNING, STOPPED, PAUSED, SUSPENDED, CRASHED), Broken.ALLOWED);

    private final String verb;
    private final Set<PowerState> from;
    private final Broken broken;

    Operation(String verb, Set<PowerState> from, Broken broken) {
        this.verb = verb;
        this.from = from;
        this.broken = broken;
    }

    /// As clients name it.
    public String verb() {
        return verb;
    }

    boolean isAllowedFrom(PowerState power) {
        return from.contains(power);
    }

    /// What needs no machine.
    boolean isAllowedWhenShelved() {
        return switch (this) {
            case UNSHELVE, ATTACH_VOLUME, DETACH_VOLUME, DELETE -> true;
            default -> false;
        };
    }

    /// What leaves the choice open, or makes it.
    boolean isAllowedWhenResized() {
        return switch (this) {
            case CONFIRM_RESIZE, REVERT_RESIZE, ATTACH_VOLUME, DETACH_VOLUME, DELETE -> true;
            default -> false;
        };
    }

    /// What leaves the machine what its standby was made for.
    boolean isAllowedWhenProtected() {
        return switch (this) {
            case START, STOP, REBOOT_SOFT, REBOOT_HARD, PAUSE, UNPAUSE -> true;
            case CREATE_IMAGE, TAKE_SNAPSHOT, REVERT, FAIL_OVER, DELETE -> true;
            default -> false;
        };
    }

    boolean isAllowedWhenBroken() {
        return broken == Broken.ALLOWED;
    }

    /// The compute API's word for what is going on.
    public String taskState(Phase phase) {
        return switch (this) {
            case BUILD -> phase == Phase.QUEUED ? "scheduling" : "spawning";
            case START -> "powering-on";
            case STOP -> "powering-off";
            case REBOOT_SOFT -> "rebooting";
            case REBOOT_HARD -> "rebooting_hard";
            case PAUSE -> "pausing";
            case UNPAUSE -> "unpausing";
            case SUSPEND -> "suspending";
            case RESUME -> "resuming";
            case CREATE_IMAGE, TAKE_SNAPSHOT -> captureState(phase);
            case REBUILD -> phase == Phase.QUEUED ? "rebuilding" : "rebuild_spawning";
            case REVERT -> "reverting";
            case RESCUE -> "rescuing";
            case UNRESCUE -> "unrescuing";
            case SHELVE -> shelvingState(phase);
            case UNSHELVE -> phase == Phase.QUEUED ? "unshelving" : "spawning";
            case RESIZE -> phase == Phase.QUEUED ? "resize_prep" : "resize_finish";
            case CONFIRM_RESIZE -> "resize_confirming";
            case REVERT_RESIZE -> "resize_reverting";
            case ATTACH_VOLUME -> "attaching";
            case DETACH_VOLUME -> "detaching";
            case ATTACH_INTERFACE, DETACH_INTERFACE, CHANGE_DEVICE -> "changing";
            case PROTECT -> "protecting";
            case FAIL_OVER -> "migrating";
            case DELETE -> "deleting";
        };
    }

    private static String captureState(Phase phase) {
        return switch (phase) {
            case QUEUED -> "image_snapshot_pending";
            case FETCHING_IMAGE, STARTING, CAPTURING, RESTORING -> "image_snapshot";
            case UPLOADING, COPYING -> "image_uploading";
            case SEALING, SETTLING, DONE -> "image_uploading";
        };
    }

    private static String shelvingState(Phase phase) {
        return switch (phase) {
            case QUEUED -> "shelving";
            case FETCHING_IMAGE, STARTING, CAPTURING, RESTORING -> "shelving_image_pending_upload";
            case UPLOADING, COPYING, SEALING -> "shelving_image_uploading";
            case SETTLING, DONE -> "shelving_offloading";
        };
    }

    private enum Broken {
        ALLOWED,
        REFUSED
    }
}
