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
import java.util.List;

/// Ends a protection. The server goes on meanwhile.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | unprotect | agent of the source | UnprotectInstance | none, forward only |
///
/// What the standby holds goes by a saga of its own ([ClearHost]), so that a standby that is down holds nobody up.
public final class UnprotectServer implements Saga<UnprotectServer.Data> {
    private final ProtectionTurns protections;
    private final ClearHost clearHost;

    public UnprotectServer(ProtectionTurns protections, ClearHost clearHost) {
        this.protections = protections;
        this.clearHost = clearHost;
    }

    public record Data(InstanceId instance, ProtectionId protection, HostId source, HostId standby) {}

    @Override
    public String name() {
        return "unprotect-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "unprotect",
                        known -> new Request(
                                Topics.commands(known.source()),
                                new ComputeCommand.UnprotectInstance(known.instance(), known.protection())))
                .forwardOnly());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        protections.remove(data.instance(), data.protection(), run.id());
        return List.of(new Start<>(
                clearHost,
                new ClearHost.Data(data.standby(), data.instance(), data.protection(), ClearHost.Remains.REPLICA)));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("the end of a protection is never undone");
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        Data data = run.data();
        protections.in(data.instance(), data.protection(), run.id(), new ProtectionState.Broken(failure.message()));
    }
}
