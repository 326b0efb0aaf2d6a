package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.PowerState;
import java.time.Clock;
import java.util.Optional;

/// How take-overs begin, and what becomes of those that never can. Within a transaction that has locked server and
/// protection.
public final class TakeOvers {
    private final Instances instances;
    private final InstanceTurns turns;
    private final ProtectionRows rows;
    private final FailOver failOver;
    private final JobTracker jobs;
    private final Clock clock;

    public TakeOvers(
            Instances instances,
            InstanceTurns turns,
            ProtectionRows rows,
            FailOver failOver,
            JobTracker jobs,
            Clock clock) {
        this.instances = instances;
        this.turns = turns;
        this.rows = rows;
        this.failOver = failOver;
        this.jobs = jobs;
        this.clock = clock;
    }

    /// The source does not run the server any more.
    ///
    /// @return the take-over that waited for that; empty if none does
    Optional<Start<?>> fenced(Protection protection) {
        if (!(protection.state() instanceof ProtectionState.FailingOver failing) || !failing.isFencing()) {
            return Optional.empty();
        }
        Optional<Instance> own = instances.lock(protection.instance()).filter(server -> server.state()
                .isWorkedOnBy(failing.saga()));
        if (own.isEmpty()) {
            giveUp(protection, new ErrorReport(ErrorCode.CANCELLED, "the server is being deleted"));
        }
        return own.map(server -> {
            rows.save(protection.in(failing.takingOver(), clock.instant()));
            return new Start<>(
                    failing.saga(),
                    failOver,
                    data(protection, server, FailOver.Kind.UNPLANNED),
                    Optional.of(failing.job()));
        });
    }

    FailOver.Data data(Protection protection, Instance server, FailOver.Kind kind) {
        boolean stoodStill =
                server.state().power().filter(PowerState.PAUSED::equals).isPresent();
        return new FailOver.Data(
                protection.instance(),
                protection.id(),
                protection.source(),
                protection.standby(),
                kind,
                server.spec(),
                stoodStill ? ResumeState.PAUSED : ResumeState.RUNNING,
                Optional.empty());
    }

    FailOver saga() {
        return failOver;
    }

    /// The source does not let go of the server, or nobody wants it any more.
    void giveUp(Protection protection, ErrorReport failure) {
        if (protection.state() instanceof ProtectionState.FailingOver failing && failing.isFencing()) {
            rows.save(protection.in(
                    new ProtectionState.Broken("The server could not be taken over: " + failure.message()),
                    clock.instant()));
            turns.failed(protection.instance(), failing.saga(), failure);
            jobs.failed(failing.job(), failure);
        }
    }
}
