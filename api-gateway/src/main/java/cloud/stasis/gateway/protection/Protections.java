package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.protection.Protection.Failover;
import cloud.stasis.gateway.protection.Protection.Terms;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ProtectionStatus.Role;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What tenants do with protections. Each method that changes something is one transaction.
public final class Protections {
    /// Shown in one list: more than a project may have, and a page for an operator.
    private static final int MAX_LISTED = 1000;

    private static final Duration STANDARD_INTERVAL = Duration.ofSeconds(1);

    private final Transactions transactions;
    private final Instances instances;
    private final Volumes volumes;
    private final ProtectionRows rows;
    private final StandbyPlacement placement;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final ProtectServer protectServer;
    private final UnprotectServer unprotectServer;
    private final Clock clock;

    public Protections(
            Transactions transactions,
            Instances instances,
            Volumes volumes,
            ProtectionRows rows,
            StandbyPlacement placement,
            Quotas quotas,
            SagaRunner sagas,
            ProtectServer protectServer,
            UnprotectServer unprotectServer,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.volumes = volumes;
        this.rows = rows;
        this.placement = placement;
        this.quotas = quotas;
        this.sagas = sagas;
        this.protectServer = protectServer;
        this.unprotectServer = unprotectServer;
        this.clock = clock;
    }

    /// What is wished for; what is not said stays as it is, or is what is usual.
    ///
    /// @param host of the standby, if an operator names it
    public record Wish(
            Optional<Duration> interval,
            Optional<ProtectionSettings.Output> output,
            Optional<Failover> failover,
            Optional<HostId> host) {
        Terms over(Optional<Terms> before) {
            return new Terms(
                    new ProtectionSettings(
                            interval.or(() ->
                                            before.map(terms -> terms.settings().interval()))
                                    .orElse(STANDARD_INTERVAL),
                            output.or(() -> before.map(terms -> terms.settings().output()))
                                    .orElse(ProtectionSettings.Output.FREE)),
                    failover.or(() -> before.map(Terms::failover)).orElse(Failover.AUTOMATIC));
        }
    }

    /// One protection with what its hosts told last.
    public record Shown(Protection protection, Optional<Report> source, Optional<Report> standby) {}

    /// Begins to keep a standby of a server, or changes how that is done.
    ///
    /// @throws StasisException `WRONG_STATE`, also if there is no other host or the server is made of what a
    /// standby cannot follow; `QUOTA_EXCEEDED`; `INVALID_REQUEST`, `ACCESS_DENIED` for a host that may not be named
    public Job protect(Caller caller, InstanceId id, Wish wish) {
        if (wish.host().isPresent() && !caller.isAdmin()) {
            throw new StasisException(ErrorCode.ACCESS_DENIED, "Only an administrator may name the host of a standby.");
        }
        return transactions.call(() -> {
            ProjectId project = instances.visible(caller, id).project();
            quotas.lock(project);
            Instance server = instances.lockVisible(caller, id);
            server.requireUnlocked(caller);
            Optional<Protection> present = server.state().protection().flatMap(rows::lock);
            return present.isPresent() ? change(caller, present.get(), wish) : begin(caller, server, wish);
        });
    }

    private Job begin(Caller caller, Instance server, Wish wish) {
        server.state().requireAllowed(server.id(), Operation.PROTECT);
        HostId source = server.hostFor(Operation.PROTECT);
        requireCovered(server);
        quotas.require(server.project(), Map.of(Resource.PROTECTIONS, 1L));
        Instant now = clock.instant();
        HostId standby = placement.place(server, source, wish.host(), now);
        ProtectionId id = ProtectionId.random();
        SagaId saga = SagaId.random();
        Terms terms = wish.over(Optional.empty());
        rows.add(new Protection(
                id,
                server.project(),
                caller.user(),
                server.id(),
                source,
                standby,
                terms,
                new ProtectionState.Preparing(saga),
                now,
                now));
        instances.save(server.in(server.state().protectedBy(Optional.of(id)), now));
        Job job = Job.accepted(caller, server.project(), JobKind.PROTECT_SERVER, JobSubject.of(server.id()), now);
        sagas.start(
                saga,
                new Start<>(
                        protectServer,
                        new ProtectServer.Data(
                                server.id(), id, source, standby, terms, Optional.empty(), Optional.empty())),
                job);
        return job;
    }

    /// A standby is made of the memory, the devices and the own disks of a server.
    private void requireCovered(Instance server) {
        if (!volumes.of(List.of(server.id())).isEmpty()) {
            throw refused(server, "it has volumes, and a standby has none: detach them first");
        }
        if (server.spec().tpm().isPresent()) {
            throw refused(server, "it has a TPM, and what that keeps is in no standby");
        }
    }

    private static StasisException refused(Instance server, String why) {
        return new StasisException(
                ErrorCode.WRONG_STATE, "Instance " + server.id() + " cannot be protected: " + why + ".");
    }

    private Job change(Caller caller, Protection protection, Wish wish) {
        if (!(protection.state() instanceof ProtectionState.Protected current)) {
            throw busy(protection);
        }
        if (wish.host().filter(host -> !host.equals(protection.standby())).isPresent()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "The standby of instance " + protection.instance() + " is on host " + protection.standby()
                            + " and stays there: unprotect the server first.");
        }
        Instant now = clock.instant();
        SagaId saga = SagaId.random();
        Terms terms = wish.over(Optional.of(protection.terms()));
        rows.save(protection.under(terms, now).in(current.toSyncing(saga), now));
        Job job = Job.accepted(
                caller, protection.project(), JobKind.PROTECT_SERVER, JobSubject.of(protection.instance()), now);
        sagas.start(
                saga,
                new Start<>(
                        protectServer,
                        new ProtectServer.Data(
                                protection.instance(),
                                protection.id(),
                                protection.source(),
                                protection.standby(),
                                terms,
                                Optional.of(protection.terms()),
                                Optional.empty())),
                job);
        return job;
    }

    /// Begins to end a protection, also one that is only about to begin.
    ///
    /// @throws StasisException `PROTECTION_NOT_FOUND`; `WRONG_STATE` while the server fails over
    public Job unprotect(Caller caller, InstanceId id) {
        return transactions.call(() -> {
            Instance server = instances.lockVisible(caller, id);
            server.requireUnlocked(caller);
            Protection protection =
                    server.state().protection().flatMap(rows::lock).orElseThrow(() -> unprotected(id));
            if (protection.state() instanceof ProtectionState.FailingOver
                    || protection.state() instanceof ProtectionState.Removing) {
                throw busy(protection);
            }
            Optional<SagaId> interrupted = protection.state().worker();
            Instant now = clock.instant();
            SagaId saga = SagaId.random();
            rows.save(protection.in(protection.state().toRemoving(saga), now));
            Job job = Job.accepted(caller, server.project(), JobKind.UNPROTECT_SERVER, JobSubject.of(id), now);
            sagas.start(
                    saga,
                    new Start<>(
                            unprotectServer,
                            new UnprotectServer.Data(id, protection.id(), protection.source(), protection.standby())),
                    job);
            interrupted.ifPresent(sagas::cancelIfPossible);
            return job;
        });
    }

    /// @throws StasisException `PROTECTION_NOT_FOUND`; `INSTANCE_NOT_FOUND` also if it is somebody else's
    public Shown show(Caller caller, InstanceId id) {
        return transactions.call(() -> instances
                .visible(caller, id)
                .state()
                .protection()
                .flatMap(rows::find)
                .or(() -> rows.of(id).stream().reduce((_, last) -> last))
                .map(this::shown)
                .orElseThrow(() -> unprotected(id)));
    }

    /// Of the caller's project, oldest first.
    public List<Shown> list(Caller caller) {
        return transactions.call(() -> rows.list(caller.project(), MAX_LISTED).stream()
                .map(this::shown)
                .toList());
    }

    private Shown shown(Protection protection) {
        return new Shown(
                protection, rows.report(protection.id(), Role.SOURCE), rows.report(protection.id(), Role.STANDBY));
    }

    static StasisException unprotected(InstanceId id) {
        return new StasisException(ErrorCode.PROTECTION_NOT_FOUND, "Instance " + id + " is not protected.");
    }

    static StasisException busy(Protection protection) {
        String what =
                switch (protection.state()) {
                    case ProtectionState.Preparing _, ProtectionState.Syncing _ -> "is not in place yet";
                    case ProtectionState.FailingOver _ -> "is carrying out a failover";
                    case ProtectionState.Removing _ -> "is being ended";
                    case ProtectionState.TakenOver _ -> "has been carried out";
                    case ProtectionState.Broken broken -> "is broken (" + broken.reason() + ")";
                    case ProtectionState.Protected _ -> "is in place";
                };
        return new StasisException(
                ErrorCode.WRONG_STATE, "The protection of instance " + protection.instance() + " " + what + ".");
    }
}
