package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Begins to keep a standby of a server, or gives one that is kept other settings. The server goes on meanwhile.
///
/// | step | worker | command | undo (of a new one) |
/// |---|---|---|---|
/// | prepare | agent of the standby | PrepareStandby | DiscardStandby |
/// | protect | agent of the source | ProtectInstance | UnprotectInstance |
///
/// A new one that fails leaves nothing. If other settings cannot be had, the former ones hold.
public final class ProtectServer implements Saga<ProtectServer.Data> {
    private static final String PREPARE = "prepare";

    private final ProtectionTurns protections;
    private final Clock clock;

    public ProtectServer(ProtectionTurns protections, Clock clock) {
        this.protections = protections;
        this.clock = clock;
    }

    /// @param former what holds if this fails; empty for a new protection
    /// @param ready where the standby takes epochs
    public record Data(
            InstanceId instance,
            ProtectionId protection,
            HostId source,
            HostId standby,
            Protection.Terms terms,
            Optional<Protection.Terms> former,
            Optional<Ready> ready) {
        Data readyAt(CommandResult.StandbyReady standbyReady) {
            return new Data(
                    instance,
                    protection,
                    source,
                    standby,
                    terms,
                    former,
                    Optional.of(new Ready(standbyReady.url(), standbyReady.secret())));
        }

        boolean isNew() {
            return former.isEmpty();
        }
    }

    /// @param secret that lets the source in; worth nothing once the protection has ended
    public record Ready(URI url, String secret) {
        @Override
        public String toString() {
            return url.toString();
        }
    }

    @Override
    public String name() {
        return "protect-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        Step<Data> prepare = Step.<Data>of(
                        PREPARE,
                        known -> new Request(
                                Topics.commands(known.standby()),
                                new ComputeCommand.PrepareStandby(known.instance(), known.protection())))
                .bringing(CommandResult.StandbyReady.class, Data::readyAt);
        Step<Data> protect = Step.of("protect", ProtectServer::protect);
        return data.isNew()
                ? List.of(
                        prepare.undoneBy(known -> new Request(
                                Topics.commands(known.standby()),
                                new ComputeCommand.DiscardStandby(known.instance(), known.protection()))),
                        protect.undoneBy(known -> new Request(
                                Topics.commands(known.source()),
                                new ComputeCommand.UnprotectInstance(known.instance(), known.protection()))))
                : List.of(prepare, protect);
    }

    private static Request protect(Data known) {
        Ready ready = known.ready().orElseThrow();
        return new Request(
                Topics.commands(known.source()),
                new ComputeCommand.ProtectInstance(
                        known.instance(),
                        known.protection(),
                        ready.url(),
                        ready.secret(),
                        known.terms().settings()));
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        if (step.value().equals(PREPARE)) {
            change(run, new ProtectionState.Syncing(run.id()));
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        protections.linked(
                data.instance(),
                data.protection(),
                run.id(),
                data.ready().orElseThrow().url());
        change(run, new ProtectionState.Protected());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        Data data = run.data();
        if (data.isNew()) {
            protections.remove(data.instance(), data.protection(), run.id());
        } else {
            protections.change(data.instance(), data.protection(), run.id(), found -> found.under(
                            data.former().orElseThrow(), clock.instant())
                    .in(new ProtectionState.Protected(), clock.instant()));
        }
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        change(run, new ProtectionState.Broken(failure.message()));
    }

    private void change(Run<Data> run, ProtectionState next) {
        protections.in(run.data().instance(), run.data().protection(), run.id(), next);
    }
}
