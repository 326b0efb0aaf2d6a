package cloud.stasis.gateway.policy;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.policy.SnapshotPolicy.Standing;
import cloud.stasis.gateway.policy.SnapshotPolicy.Terms;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What tenants do with policies. Each method is one transaction.
public final class Policies {
    private final Transactions transactions;
    private final PolicyRows rows;
    private final Instances instances;
    private final Volumes volumes;
    private final Quotas quotas;
    private final PolicyRunner runner;
    private final Clock clock;

    public Policies(
            Transactions transactions,
            PolicyRows rows,
            Instances instances,
            Volumes volumes,
            Quotas quotas,
            PolicyRunner runner,
            Clock clock) {
        this.transactions = transactions;
        this.rows = rows;
        this.instances = instances;
        this.volumes = volumes;
        this.quotas = quotas;
        this.runner = runner;
        this.clock = clock;
    }

    /// @throws StasisException `QUOTA_EXCEEDED`; `INVALID_REQUEST` if it would never run, or too often;
    ///     `INSTANCE_NOT_FOUND`, `VOLUME_NOT_FOUND`
    public SnapshotPolicy create(Caller caller, Terms terms, Standing standing) {
        return transactions.call(() -> {
            quotas.require(caller.project(), Map.of(Resource.SNAPSHOT_POLICIES, 1L));
            requireTarget(caller, terms.target());
            Instant now = clock.instant();
            terms.timing().requireSparse(now, terms.zone());
            SnapshotPolicy policy = SnapshotPolicy.of(caller.project(), caller.user(), terms, standing, now);
            rows.add(policy);
            return policy;
        });
    }

    /// It is the project's own.
    private void requireTarget(Caller caller, Target target) {
        switch (target) {
            case Target.OneServer(var id) -> {
                if (instances
                        .find(id)
                        .filter(server -> server.project().equals(caller.project()))
                        .isEmpty()) {
                    throw new StasisException(ErrorCode.INSTANCE_NOT_FOUND, "Instance " + id + " could not be found.");
                }
            }
            case Target.OneVolume(var id) -> {
                if (volumes.find(id)
                        .filter(volume -> volume.project().equals(caller.project()))
                        .isEmpty()) {
                    throw new StasisException(ErrorCode.VOLUME_NOT_FOUND, "Volume " + id + " could not be found.");
                }
            }
            case Target.Servers _, Target.Volumes _ -> {}
        }
    }

    public List<SnapshotPolicy> list(Caller caller) {
        return rows.of(caller.project());
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` also if it is somebody else's
    public SnapshotPolicy show(Caller caller, PolicyId id) {
        return visible(caller, id, rows.find(id));
    }

    public List<PolicyResult> results(Caller caller, PolicyId id, int most) {
        return rows.results(show(caller, id).id(), most);
    }

    /// @param standing as it was if empty
    public SnapshotPolicy change(Caller caller, PolicyId id, UnaryOperator<Terms> change, Optional<Standing> standing) {
        return transactions.call(() -> {
            SnapshotPolicy policy = visible(caller, id, rows.lock(id));
            Instant now = clock.instant();
            Terms terms = change.apply(policy.terms());
            terms.timing().requireSparse(now, terms.zone());
            SnapshotPolicy changed = policy.on(terms, standing.orElse(policy.standing()), now);
            rows.save(changed);
            return changed;
        });
    }

    /// What it made stays, and is from now on as if its tenant had made it.
    public void delete(Caller caller, PolicyId id) {
        transactions.run(() -> {
            visible(caller, id, rows.lock(id));
            rows.remove(id);
        });
    }

    /// Lets it run now, whether it is on or off; its next time stays what it was.
    ///
    /// @return what is entered for its targets; empty if it has none, or all are at work still
    public List<PolicyResult> run(Caller caller, PolicyId id) {
        return transactions.call(() -> {
            SnapshotPolicy policy = visible(caller, id, rows.lock(id));
            Instant now = clock.instant();
            rows.save(policy.ran(now));
            return runner.enter(policy, now);
        });
    }

    private static SnapshotPolicy visible(Caller caller, PolicyId id, Optional<SnapshotPolicy> policy) {
        return policy.filter(found -> caller.isAdmin() || found.project().equals(caller.project()))
                .orElseThrow(
                        () -> new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Policy " + id + " could not be found."));
    }
}
