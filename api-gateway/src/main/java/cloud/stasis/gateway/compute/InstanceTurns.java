package cloud.stasis.gateway.compute;

import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SagaId;
import java.time.Clock;
import java.util.function.UnaryOperator;

/// What sagas do to the row of their instance. Nothing happens to an instance that is gone or that another saga
/// (a deletion) has taken over.
public final class InstanceTurns {
    private final Instances instances;
    private final Clock clock;

    public InstanceTurns(Instances instances, Clock clock) {
        this.instances = instances;
        this.clock = clock;
    }

    public void phase(InstanceId instance, SagaId saga, Phase phase) {
        change(instance, saga, current -> current.in(current.state().toPhase(phase), clock.instant()));
    }

    public void ready(InstanceId instance, SagaId saga, PowerState power) {
        change(instance, saga, current -> current.in(current.state().toReady(power), clock.instant()));
    }

    /// It runs for the first time.
    public void launched(InstanceId instance, SagaId saga, PowerState power) {
        change(instance, saga, current -> current.launched(power, clock.instant()));
    }

    /// The work is over, and the instance is what it was.
    public void idle(InstanceId instance, SagaId saga) {
        change(instance, saga, current -> current.in(current.state().toIdle(), clock.instant()));
    }

    /// It has its former size again.
    ///
    /// @param power what it does, by what it did before the resize
    public void formerAgain(InstanceId instance, SagaId saga, UnaryOperator<PowerState> power) {
        change(instance, saga, current -> current.state()
                .former()
                .map(former -> current.sized(former.flavor(), former.size(), clock.instant())
                        .in(current.state().toReady(power.apply(former.power())), clock.instant()))
                .orElseGet(() -> current.in(current.state().toIdle(), clock.instant())));
    }

    public void failed(InstanceId instance, SagaId saga, ErrorReport error) {
        change(instance, saga, current -> current.in(current.state().toFailed(error), clock.instant()));
    }

    /// Whether the instance is still this saga's.
    public boolean owns(InstanceId instance, SagaId saga) {
        return instances
                .lock(instance)
                .filter(current -> current.state().isWorkedOnBy(saga))
                .isPresent();
    }

    /// @param change to the instance; not called if it is no longer this saga's
    public void change(InstanceId instance, SagaId saga, UnaryOperator<Instance> change) {
        instances
                .lock(instance)
                .filter(current -> current.state().isWorkedOnBy(saga))
                .ifPresent(current -> instances.save(change.apply(current)));
    }
}
