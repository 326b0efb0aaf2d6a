package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.messages.ComputeCommand.PowerAction;

/// What a tenant may ask of a server's power: as a rule of when, as a job, and as what the agent is told.
public enum Power {
    START(Operation.START, JobKind.START_SERVER, PowerAction.START),
    STOP(Operation.STOP, JobKind.STOP_SERVER, PowerAction.STOP),
    REBOOT_SOFT(Operation.REBOOT_SOFT, JobKind.REBOOT_SERVER, PowerAction.REBOOT_SOFT),
    REBOOT_HARD(Operation.REBOOT_HARD, JobKind.REBOOT_SERVER, PowerAction.REBOOT_HARD),
    PAUSE(Operation.PAUSE, JobKind.PAUSE_SERVER, PowerAction.PAUSE),
    UNPAUSE(Operation.UNPAUSE, JobKind.UNPAUSE_SERVER, PowerAction.UNPAUSE),
    SUSPEND(Operation.SUSPEND, JobKind.SUSPEND_SERVER, PowerAction.SUSPEND),
    RESUME(Operation.RESUME, JobKind.RESUME_SERVER, PowerAction.RESUME);

    private final Operation operation;
    private final JobKind job;
    private final PowerAction action;

    Power(Operation operation, JobKind job, PowerAction action) {
        this.operation = operation;
        this.job = job;
        this.action = action;
    }

    Operation operation() {
        return operation;
    }

    JobKind job() {
        return job;
    }

    PowerAction action() {
        return action;
    }
}
