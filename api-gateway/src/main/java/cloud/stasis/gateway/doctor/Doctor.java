package cloud.stasis.gateway.doctor;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceQuery;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.protection.Protection;
import cloud.stasis.gateway.protection.ProtectionRows;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.messages.CommandResult.Cure;
import cloud.stasis.messages.CommandResult.Finding;
import cloud.stasis.messages.CommandResult.Outcome;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Expected;
import cloud.stasis.messages.ComputeCommand.Mending;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What operators ask of the doctor. Each method that changes something is one transaction.
public final class Doctor {
    /// More than a host carries; a page of the table is read for each examination.
    private static final int MAX_INSTANCES = 10_000;

    private final Transactions transactions;
    private final Fleet fleet;
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final ProtectionRows protections;
    private final Examinations examinations;
    private final SagaRunner sagas;
    private final ExamineHost examineHost;
    private final Clock clock;

    public Doctor(
            Transactions transactions,
            Fleet fleet,
            Instances instances,
            SnapshotRows snapshots,
            ProtectionRows protections,
            Examinations examinations,
            SagaRunner sagas,
            ExamineHost examineHost,
            Clock clock) {
        this.transactions = transactions;
        this.fleet = fleet;
        this.instances = instances;
        this.snapshots = snapshots;
        this.protections = protections;
        this.examinations = examinations;
        this.sagas = sagas;
        this.examineHost = examineHost;
        this.clock = clock;
    }

    /// All hosts that ever told of themselves.
    public List<Host> hosts() {
        return transactions.call(fleet::hosts);
    }

    /// Begins to compare a host with the tables.
    ///
    /// @throws StasisException `INSTANCE_NOT_FOUND` if there is no such host
    public Job examine(Caller caller, HostId host, Mending mending) {
        return transactions.call(() -> {
            require(host);
            Instant now = clock.instant();
            SagaId saga = SagaId.random();
            examinations.save(HostExamination.begun(host, saga, mending, now));
            Job job = Job.accepted(caller, caller.project(), JobKind.EXAMINE_HOST, JobSubject.NONE, now);
            sagas.start(
                    saga,
                    new Start<>(examineHost, new ExamineHost.Data(host, order(host, mending), Optional.empty())),
                    job);
            return job;
        });
    }

    /// What the last examination found; empty if there was none.
    ///
    /// @throws StasisException `INSTANCE_NOT_FOUND` if there is no such host
    public Optional<HostExamination> last(HostId host) {
        return transactions.call(() -> {
            require(host);
            return examinations.find(host);
        });
    }

    private void require(HostId host) {
        if (fleet.find(host).isEmpty()) {
            throw new StasisException(ErrorCode.INSTANCE_NOT_FOUND, "There is no host " + host + ".");
        }
    }

    private ComputeCommand.Examine order(HostId host, Mending mending) {
        List<Expected> expected = new ArrayList<>();
        List<InstanceId> busy = new ArrayList<>();
        for (Instance instance : present(Optional.of(host))) {
            List<Snapshot> known = snapshots.ofServer(instance.id());
            boolean isBusy = instance.state().work().isPresent()
                    || known.stream()
                            .anyMatch(snapshot -> snapshot.state().worker().isPresent());
            if (isBusy) {
                busy.add(instance.id());
            } else {
                expected.add(new Expected(
                        instance.id(),
                        instance.state().power(),
                        known.stream().map(Snapshot::id).toList()));
            }
        }
        // What is there of servers that are elsewhere: standbys, and what a failover left. Both are somebody's work.
        protections.on(host).stream()
                .map(Protection::instance)
                .filter(server ->
                        expected.stream().noneMatch(own -> own.instance().equals(server)))
                .filter(server -> !busy.contains(server))
                .forEach(busy::add);
        return new ComputeCommand.Examine(InstanceId.random(), expected, busy, mending);
    }

    private List<Instance> present(Optional<HostId> host) {
        return instances.list(new InstanceQuery(
                Optional.empty(),
                InstanceQuery.Existence.PRESENT,
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                host.map(HostId::value),
                Optional.empty(),
                Set.of(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                MAX_INSTANCES));
    }

    /// Compares the tables with themselves: what servers and snapshots name is there. What names nothing that is
    /// there is mended by naming nothing, if that is wanted.
    public List<Finding> tables(Mending mending) {
        return transactions.call(() -> {
            List<Finding> findings = new ArrayList<>();
            for (Instance instance : present(Optional.empty())) {
                Map<SnapshotId, Snapshot> tree = snapshots.ofServer(instance.id()).stream()
                        .collect(Collectors.toMap(Snapshot::id, Function.identity()));
                position(instance, tree, mending, findings);
                tree.values().forEach(snapshot -> parent(snapshot, tree, mending, findings));
                protection(instance, mending, findings);
            }
            return findings;
        });
    }

    private void protection(Instance instance, Mending mending, List<Finding> findings) {
        Optional<ProtectionId> lost = instance.state()
                .protection()
                .filter(named -> protections.find(named).isEmpty());
        if (lost.isPresent()) {
            findings.add(finding(
                    "server " + instance.id(),
                    "its protection " + lost.get() + " is no more",
                    "let it be unprotected",
                    mending));
            if (mending == Mending.SAFE) {
                instances
                        .lock(instance.id())
                        .ifPresent(locked -> instances.save(
                                locked.in(locked.state().protectedBy(Optional.empty()), clock.instant())));
            }
        }
    }

    private void position(Instance instance, Map<SnapshotId, Snapshot> tree, Mending mending, List<Finding> findings) {
        Optional<SnapshotId> lost =
                instance.position().filter(position -> snapshots.find(position).isEmpty());
        if (instance.state().work().isEmpty() && lost.isPresent() && !tree.containsKey(lost.get())) {
            findings.add(finding(
                    "server " + instance.id(),
                    "its history continues from snapshot " + lost.get() + ", which is no more",
                    "let it continue from none",
                    mending));
            if (mending == Mending.SAFE) {
                instances
                        .lock(instance.id())
                        .ifPresent(locked -> instances.save(locked.at(Optional.empty(), clock.instant())));
            }
        }
    }

    private void parent(Snapshot snapshot, Map<SnapshotId, Snapshot> tree, Mending mending, List<Finding> findings) {
        Optional<SnapshotId> lost = snapshot.parent().filter(parent -> !tree.containsKey(parent));
        if (snapshot.state().worker().isEmpty()
                && lost.isPresent()
                && snapshots.find(lost.get()).isEmpty()) {
            findings.add(finding(
                    "snapshot " + snapshot.id(),
                    "its parent " + lost.get() + " is no more",
                    "make it a root of its tree",
                    mending));
            if (mending == Mending.SAFE) {
                snapshots
                        .lock(snapshot.id())
                        .ifPresent(locked -> snapshots.save(locked.under(Optional.empty(), clock.instant())));
            }
        }
    }

    private static Finding finding(String subject, String difference, String plan, Mending mending) {
        return new Finding(
                subject,
                difference,
                plan,
                Cure.SAFE,
                switch (mending) {
                    case NONE -> Outcome.FOUND;
                    case SAFE -> Outcome.MENDED;
                });
    }
}
