package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import java.util.List;

/// Lets a source say that it does not run a server any more. Once it has, the take-over that waits for that begins.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | fence | agent of the source | FenceInstance | none, forward only |
///
/// A source that is down is asked until it is back. By then its lease has lapsed and the take-over has begun
/// without
/// its word ([Failovers]); the fence that it finds keeps it from running what is not its own any more.
public final class FenceSource implements Saga<FenceSource.Data> {
    private final ProtectionTurns protections;
    private final TakeOvers takeOvers;

    public FenceSource(ProtectionTurns protections, TakeOvers takeOvers) {
        this.protections = protections;
        this.takeOvers = takeOvers;
    }

    /// @param takeOver that waits for it
    public record Data(InstanceId instance, ProtectionId protection, HostId source, SagaId takeOver) {}

    @Override
    public String name() {
        return "fence-source";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "fence",
                        known -> new Request(
                                Topics.commands(known.source()), new ComputeCommand.FenceInstance(known.instance())))
                .forwardOnly());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        return protections
                .own(data.instance(), data.protection(), data.takeOver())
                .flatMap(takeOvers::fenced)
                .<List<Start<?>>>map(List::of)
                .orElse(List.of());
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("a fence is never taken away");
    }

    /// The source is there and cannot stop the server; nothing may take it over.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        Data data = run.data();
        protections
                .own(data.instance(), data.protection(), data.takeOver())
                .ifPresent(protection -> takeOvers.giveUp(protection, failure));
    }
}
