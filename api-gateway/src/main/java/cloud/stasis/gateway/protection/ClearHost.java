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

/// Removes what a host has of a server that is not its own, or not any more. A host that is down is asked until it
/// is back, and nobody waits for that.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | discard (of a standby) | agent of the host | DiscardStandby | none, forward only |
/// | fence (of a machine) | agent of the host | FenceInstance | none, forward only |
/// | delete (of a machine) | agent of the host | DeleteInstance | none, forward only |
///
/// The fence comes first: nothing is taken from a machine that runs.
public final class ClearHost implements Saga<ClearHost.Data> {
    private final ProtectionTurns protections;

    public ClearHost(ProtectionTurns protections) {
        this.protections = protections;
    }

    public record Data(HostId host, InstanceId instance, ProtectionId protection, Remains remains) {}

    /// What may be there.
    public enum Remains {
        /// Of a standby.
        REPLICA,
        /// Of a source: the machine, its disks, and what the host keeps of its snapshots.
        MACHINE,
        /// Of a standby that may have become the server.
        REPLICA_OR_MACHINE
    }

    @Override
    public String name() {
        return "clear-host";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        Step<Data> discard = step("discard", new ComputeCommand.DiscardStandby(data.instance(), data.protection()));
        Step<Data> fence = step("fence", new ComputeCommand.FenceInstance(data.instance()));
        Step<Data> delete = step("delete", new ComputeCommand.DeleteInstance(data.instance()));
        return switch (data.remains()) {
            case REPLICA -> List.of(discard);
            case MACHINE -> List.of(fence, delete);
            case REPLICA_OR_MACHINE -> List.of(discard, fence, delete);
        };
    }

    private static Step<Data> step(String name, ComputeCommand command) {
        return Step.<Data>of(name, known -> new Request(Topics.commands(known.host()), command))
                .forwardOnly();
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        protections.remove(run.data().instance(), run.data().protection(), run.id());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("what was removed does not come back");
    }

    /// An operator finds the saga in the log; the server is not concerned.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {}
}
