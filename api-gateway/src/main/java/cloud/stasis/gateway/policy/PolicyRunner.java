package cloud.stasis.gateway.policy;

import cloud.stasis.gateway.audit.AuditLine;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceQuery;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobState;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.policy.Making.Condition;
import cloud.stasis.gateway.policy.PolicyResult.Stage;
import cloud.stasis.gateway.policy.Retention.Kept;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Listing;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/// Lets policies run. Each [#look] does what is to be done at a moment, in small transactions, and may be
/// repeated and done by several gateways at once.
public final class PolicyRunner {
    /// What one run takes; more servers or volumes than these are left out, and the run says so.
    static final int MAX_TARGETS = 50;

    /// Servers of a project that are looked at for what they say of themselves.
    private static final int MAX_LOOKED_AT = 1000;

    /// Due in one look, and begun in one look: what was missed by everybody must not begin all at once.
    private static final int MAX_DUE = 20;

    private static final int MAX_BEGUN = 10;
    private static final int MAX_SETTLED = 200;
    /// Results that are kept of what is not there any more.
    static final int MAX_PAST = 50;

    /// A server or volume with which something else is done is asked again so often and so long.
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /// A run that an operator has to look at does not hold up the next for longer.
    private static final Duration LONGEST_RUN = Duration.ofDays(1);

    private static final Set<ErrorKind> FOR_GOOD =
            Set.of(ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN, ErrorKind.EXHAUSTED);
    private static final Logger LOG = Logger.getLogger(PolicyRunner.class);

    private final Transactions transactions;
    private final PolicyRows rows;
    private final Making making;
    private final Instances instances;
    private final Volumes volumes;
    private final Jobs jobs;

    public PolicyRunner(
            Transactions transactions,
            PolicyRows rows,
            Making making,
            Instances instances,
            Volumes volumes,
            Jobs jobs) {
        this.transactions = transactions;
        this.rows = rows;
        this.making = making;
        this.instances = instances;
        this.volumes = volumes;
        this.jobs = jobs;
    }

    public void look(Instant now) {
        for (int count = 0; count < MAX_DUE && fallDue(now); count++) {}
        settle();
        for (int count = 0; count < MAX_BEGUN && begin(now); count++) {}
    }

    /// One policy whose time has come: what it has to do is entered, and it moves on.
    private boolean fallDue(Instant now) {
        return transactions.call(() -> {
            Optional<SnapshotPolicy> due = rows.lockDue(now);
            due.ifPresent(policy -> {
                enter(policy, now);
                rows.save(policy.ran(now));
            });
            return due.isPresent();
        });
    }

    /// Within a transaction that has locked the policy.
    List<PolicyResult> enter(SnapshotPolicy policy, Instant now) {
        List<PolicyResult> entered = new ArrayList<>();
        List<UUID> targets = targets(policy);
        for (UUID target : targets.subList(0, Math.min(targets.size(), MAX_TARGETS))) {
            if (!rows.isOpen(policy.id(), target, now.minus(LONGEST_RUN))) {
                entered.add(PolicyResult.waiting(policy.id(), target, now));
            }
        }
        if (targets.size() > MAX_TARGETS) {
            entered.add(PolicyResult.waiting(policy.id(), targets.get(MAX_TARGETS), now)
                    .failed("A policy takes at most " + MAX_TARGETS + "; this and what follows are left out."));
        }
        entered.forEach(rows::add);
        return entered;
    }

    /// In a fixed order, at most one more than are taken.
    private List<UUID> targets(SnapshotPolicy policy) {
        return switch (policy.terms().target()) {
            case Target.OneServer(var server) -> List.of(server.value());
            case Target.OneVolume(var volume) -> List.of(volume.value());
            case Target.Servers(var metadata) ->
                instances.list(servers(policy)).stream()
                        .filter(server -> holds(server, metadata))
                        .map(server -> server.id().value())
                        .limit(MAX_TARGETS + 1L)
                        .toList();
            case Target.Volumes(var metadata) ->
                volumes.list(volumes(policy, metadata)).stream()
                        .map(volume -> volume.id().value())
                        .toList();
        };
    }

    private static boolean holds(Instance server, Map<String, String> metadata) {
        return server.profile().metadata().entrySet().containsAll(metadata.entrySet());
    }

    private static InstanceQuery servers(SnapshotPolicy policy) {
        return new InstanceQuery(
                Optional.of(policy.project()),
                InstanceQuery.Existence.PRESENT,
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(new InstanceQuery.Sort(InstanceQuery.Column.CREATED_AT, InstanceQuery.Direction.ASCENDING)),
                Optional.empty(),
                MAX_LOOKED_AT);
    }

    private static Listing volumes(SnapshotPolicy policy, Map<String, String> metadata) {
        return new Listing(
                Optional.of(policy.project()),
                new Listing.Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), metadata),
                List.of(new Listing.Sort(Listing.Key.CREATED_AT, Listing.Direction.ASCENDING)),
                Optional.empty(),
                0,
                MAX_TARGETS + 1);
    }

    /// One result whose job may begin. Nobody else tries for a while.
    private boolean begin(Instant now) {
        Optional<PolicyResult> waiting = transactions.call(() -> {
            Optional<PolicyResult> found = rows.lockWaiting(now);
            found.ifPresent(result -> rows.save(result.lookedAtAgainIn(AGAIN, now)));
            return found;
        });
        waiting.ifPresent(result -> {
            try {
                transactions.call(() -> begin(result)).ifPresent(AuditLine::write);
            } catch (StasisException e) {
                refused(result, e, now);
            }
        });
        return waiting.isPresent();
    }

    /// @return what is to be written down once it is true
    private Optional<AuditLine> begin(PolicyResult waiting) {
        Optional<SnapshotPolicy> policy = rows.find(waiting.policy());
        Optional<PolicyResult> locked = rows.lockResult(waiting.id()).filter(found -> found.stage() == Stage.WAITING);
        if (policy.isEmpty() || locked.isEmpty()) {
            return Optional.empty();
        }
        Caller caller = caller(policy.get());
        String name = policy.get().terms().name() + " " + waiting.at().truncatedTo(ChronoUnit.SECONDS);
        Making.Begun begun = making.begin(caller, policy.get(), waiting.target(), name);
        rows.save(locked.get().begun(begun.product(), begun.job()));
        return Optional.of(line(
                policy.get(),
                "make-of-" + waiting.target(),
                caller,
                List.of(begun.product().toString())));
    }

    private static AuditLine line(SnapshotPolicy policy, String action, Caller caller, List<String> made) {
        return new AuditLine(
                "POLICY " + policy.id(),
                Optional.of(action),
                new AuditLine.Who(
                        Optional.of(caller.user().value()),
                        Optional.of(caller.project().value()),
                        caller.roles(),
                        Optional.empty()),
                made,
                "policy",
                "begun",
                caller.requestId(),
                Optional.empty());
    }

    private void refused(PolicyResult result, StasisException reason, Instant now) {
        if (!FOR_GOOD.contains(reason.kind()) && now.isBefore(result.at().plus(PATIENCE))) {
            return;
        }
        transactions.run(() -> rows.lockResult(result.id())
                .filter(found -> found.stage() == Stage.WAITING)
                .ifPresent(found -> rows.save(found.failed(reason.report().message()))));
    }

    /// Results whose jobs are over; then their policies keep what they are to keep.
    private void settle() {
        for (PolicyResult begun : transactions.call(() -> rows.begun(MAX_SETTLED))) {
            Optional<PolicyResult> over = transactions.call(() -> settled(begun));
            over.ifPresent(result -> transactions
                    .call(() -> rows.find(result.policy()))
                    .ifPresent(policy -> keep(policy, result.target())));
        }
    }

    private Optional<PolicyResult> settled(PolicyResult begun) {
        Optional<JobState> state = begun.job().flatMap(jobs::find).map(Job::state);
        if (state.isPresent() && !state.get().isOver()) {
            return Optional.empty();
        }
        Optional<PolicyResult> over = rows.lockResult(begun.id())
                .filter(found -> found.stage() == Stage.BEGUN)
                .map(found -> state.map(ended -> switch (ended) {
                            case JobState.Failed(var cause) -> found.failed(cause.message());
                            case JobState.Succeeded _,
                                    JobState.Accepted _,
                                    JobState.Running _,
                                    JobState.Unwinding _,
                                    JobState.Stuck _ -> found.in(Stage.DONE);
                        })
                        .orElseGet(() -> found.failed("Its job is not known any more.")));
        over.ifPresent(rows::save);
        return over;
    }

    /// Lets what the policy need not keep of a server or volume go: of what it made itself, what is superfluous
    /// and not protected, and what failed.
    private void keep(SnapshotPolicy policy, UUID target) {
        List<Kept> good = new ArrayList<>();
        List<PolicyResult> going = new ArrayList<>();
        List<Made> all = transactions.call(() -> rows.made(policy.id(), target).stream()
                .map(result -> new Made(
                        result,
                        making.condition(
                                policy.terms().product(), result.product().orElseThrow())))
                .toList());
        for (Made made : all) {
            switch (made.condition()) {
                case GOOD -> good.add(made.kept());
                case FAILED -> going.add(made.result());
                case GONE -> end(made.result());
                case PROTECTED, BUSY -> {}
            }
        }
        List<Kept> superfluous =
                policy.terms().retention().superfluous(good, policy.terms().zone());
        all.stream()
                .filter(made -> superfluous.contains(made.kept()))
                .map(Made::result)
                .forEach(going::add);
        going.forEach(result -> drop(policy, result));
        transactions.run(() -> rows.trim(policy.id(), MAX_PAST));
    }

    private record Made(PolicyResult result, Condition condition) {
        Kept kept() {
            return new Kept(result.id(), result.at());
        }
    }

    /// What cannot be deleted now is looked at again after the next run.
    private void drop(SnapshotPolicy policy, PolicyResult result) {
        try {
            Caller caller = caller(policy);
            UUID product = result.product().orElseThrow();
            making.drop(caller, policy.terms().product(), product);
            line(policy, "delete-" + product, caller, List.of()).write();
            end(result);
        } catch (StasisException e) {
            LOG.infof(
                    "A policy keeps for now what it need not keep policyId=%s product=%s reason=%s",
                    policy.id(), result.product().orElseThrow(), e.getMessage());
        }
    }

    private void end(PolicyResult result) {
        transactions.run(() -> rows.lockResult(result.id()).ifPresent(found -> rows.save(found.in(Stage.DROPPED))));
    }

    /// It may do what members of its project may.
    private static Caller caller(SnapshotPolicy policy) {
        return new Caller(
                policy.user(),
                "policy " + policy.id(),
                policy.project(),
                policy.project().value(),
                Set.of("member"),
                "req-" + UUID.randomUUID());
    }
}
