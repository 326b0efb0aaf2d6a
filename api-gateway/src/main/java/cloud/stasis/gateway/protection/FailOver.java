package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Lets a server go on where its standby is.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | hand-over (if planned) | agent of the source | HandOver | none: it fails with the server running where it was |
/// | take-over | agent of the standby | TakeOver | FenceInstance: what failed half-way runs nowhere |
///
/// An unplanned one begins with its take-over, once the source is fenced ([FenceSource], [Failovers]). From the end
/// on the standby is the server's host: what the former source tells of it is not listened to, and [ClearHost]
/// removes what is left there. If the take-over fails, the server is off on its source, where its owner may start
/// it.
public final class FailOver implements Saga<FailOver.Data> {
    private static final String HAND_OVER = "hand-over";

    private final InstanceTurns instances;
    private final ProtectionTurns protections;
    private final ProtectionRows rows;
    private final ClearHost clearHost;
    private final Clock clock;

    public FailOver(
            InstanceTurns instances,
            ProtectionTurns protections,
            ProtectionRows rows,
            ClearHost clearHost,
            Clock clock) {
        this.instances = instances;
        this.protections = protections;
        this.rows = rows;
        this.clearHost = clearHost;
        this.clock = clock;
    }

    public record Data(
            InstanceId instance,
            ProtectionId protection,
            HostId source,
            HostId standby,
            Kind kind,
            InstanceSpec spec,
            ResumeState resume,
            Optional<Reached> reached) {
        Data reaching(CommandResult.TookOver tookOver) {
            Reached at = new Reached(tookOver.epoch(), tookOver.at(), tookOver.state());
            return new Data(instance, protection, source, standby, kind, spec, resume, Optional.of(at));
        }
    }

    /// @param epoch that the server went on from
    public record Reached(long epoch, Instant at, PowerState power) {}

    public enum Kind {
        /// The source hands over; nothing is lost.
        PLANNED,
        /// What came after the last complete epoch is lost.
        UNPLANNED
    }

    @Override
    public String name() {
        return "fail-over";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        Step<Data> takeOver = Step.<Data>of(
                        "take-over",
                        known -> new Request(
                                Topics.commands(known.standby()),
                                new ComputeCommand.TakeOver(
                                        known.instance(), known.protection(), known.spec(), known.resume())))
                .bringing(CommandResult.TookOver.class, Data::reaching)
                .undoneBy(known -> new Request(
                        Topics.commands(known.standby()), new ComputeCommand.FenceInstance(known.instance())));
        return switch (data.kind()) {
            case UNPLANNED -> List.of(takeOver);
            case PLANNED ->
                List.of(
                        Step.<Data>of(
                                        HAND_OVER,
                                        known -> new Request(
                                                Topics.commands(known.source()),
                                                new ComputeCommand.HandOver(known.instance(), known.protection())))
                                .bringing(CommandResult.HandedOver.class, (known, handed) -> known),
                        takeOver);
        };
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        if (step.value().equals(HAND_OVER)) {
            changeFailingOver(run, ProtectionState.FailingOver::takingOver);
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        Reached reached = data.reached().orElseThrow();
        if (!instances.owns(data.instance(), run.id())) {
            // A deletion took the server over: what is on the standby goes with it.
            return List.of();
        }
        SagaId clearing = SagaId.random();
        instances.change(
                data.instance(), run.id(), server -> server.placed(Optional.of(data.standby()), clock.instant())
                        .in(server.state().toReady(reached.power()).protectedBy(Optional.empty()), clock.instant()));
        changeFailingOver(run, failing -> failing.toTakenOver(clearing, reached.epoch(), reached.at()));
        return List.of(new Start<>(
                clearing,
                clearHost,
                new ClearHost.Data(data.source(), data.instance(), data.protection(), ClearHost.Remains.MACHINE)));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        Data data = run.data();
        Optional<ProtectionState.FailingOver> failing = failingOver(run);
        if (failing.isEmpty()) {
            return;
        }
        if (failing.get().step() == ProtectionState.Step.HANDING_OVER) {
            instances.idle(data.instance(), run.id());
            changeFailingOver(run, _ -> new ProtectionState.Protected());
            return;
        }
        switch (data.kind()) {
            case PLANNED ->
                instances.change(
                        data.instance(),
                        run.id(),
                        server -> server.in(server.state().toReady(PowerState.STOPPED), clock.instant()));
            case UNPLANNED -> instances.failed(data.instance(), run.id(), cause);
        }
        changeFailingOver(run, _ -> broken(cause));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
        changeFailingOver(run, _ -> broken(failure));
    }

    private static ProtectionState broken(ErrorReport cause) {
        return new ProtectionState.Broken("The standby could not take over: " + cause.message());
    }

    private Optional<ProtectionState.FailingOver> failingOver(Run<Data> run) {
        return protections
                .own(run.data().instance(), run.data().protection(), run.id())
                .map(Protection::state)
                .filter(ProtectionState.FailingOver.class::isInstance)
                .map(ProtectionState.FailingOver.class::cast);
    }

    private void changeFailingOver(Run<Data> run, Function<ProtectionState.FailingOver, ProtectionState> next) {
        failingOver(run).ifPresent(failing -> rows.find(run.data().protection())
                .ifPresent(found -> rows.save(found.in(next.apply(failing), clock.instant()))));
    }
}
