package cloud.stasis.gateway.policy.store;

import cloud.stasis.gateway.policy.PolicyId;
import cloud.stasis.gateway.policy.PolicyResult;
import cloud.stasis.gateway.policy.PolicyResult.Stage;
import cloud.stasis.gateway.policy.PolicyRows;
import cloud.stasis.gateway.policy.SnapshotPolicy;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.model.JobId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;

/// The tables `snapshot_policy` and `policy_result`.
@ApplicationScoped
class PolicyTable implements PolicyRows {
    private final Session entities;

    PolicyTable(Session entities) {
        this.entities = entities;
    }

    @Override
    public Optional<SnapshotPolicy> find(PolicyId policy) {
        return Optional.ofNullable(entities.find(PolicyEntity.class, policy.value()))
                .map(PolicyTable::read);
    }

    @Override
    public Optional<SnapshotPolicy> lock(PolicyId policy) {
        return Optional.ofNullable(entities.find(PolicyEntity.class, policy.value(), LockModeType.PESSIMISTIC_WRITE))
                .map(PolicyTable::read);
    }

    @Override
    public List<SnapshotPolicy> of(ProjectId project) {
        return entities
                .createSelectionQuery(
                        "from SnapshotPolicy where projectId = :project order by createdAt, id", PolicyEntity.class)
                .setParameter("project", project.value())
                .stream()
                .map(PolicyTable::read)
                .toList();
    }

    @Override
    public long count(ProjectId project) {
        return entities.createSelectionQuery(
                        "select count(*) from SnapshotPolicy where projectId = :project", Long.class)
                .setParameter("project", project.value())
                .getSingleResult();
    }

    @Override
    public Optional<SnapshotPolicy> lockDue(Instant now) {
        return locked(
                        "select cast(id as char) from snapshot_policy where next_run <= ?1"
                                + " order by next_run, id limit 1 for update skip locked",
                        now)
                .map(id -> read(entities.find(PolicyEntity.class, id)));
    }

    /// What another transaction has locked is passed over.
    private Optional<UUID> locked(String query, Instant now) {
        return entities.createNativeQuery(query, Object.class)
                .setParameter(1, now)
                .getResultStream()
                .findFirst()
                .map(id -> UUID.fromString((String) id));
    }

    @Override
    public void add(SnapshotPolicy policy) {
        PolicyEntity row = new PolicyEntity();
        row.id = policy.id().value();
        row.projectId = policy.project().value();
        row.userId = policy.user().value();
        row.createdAt = policy.createdAt();
        write(row, policy);
        entities.persist(row);
    }

    @Override
    public void save(SnapshotPolicy policy) {
        write(entities.find(PolicyEntity.class, policy.id().value()), policy);
    }

    @Override
    public void remove(PolicyId policy) {
        entities.createMutationQuery("delete from PolicyResult where policyId = :policy")
                .setParameter("policy", policy.value())
                .executeUpdate();
        entities.remove(entities.find(PolicyEntity.class, policy.value()));
    }

    @Override
    public void add(PolicyResult result) {
        ResultEntity row = new ResultEntity();
        row.id = result.id();
        row.policyId = result.policy().value();
        row.dueAt = result.at();
        row.targetId = result.target();
        write(row, result);
        entities.persist(row);
    }

    @Override
    public void save(PolicyResult result) {
        write(entities.find(ResultEntity.class, result.id()), result);
    }

    @Override
    public Optional<PolicyResult> lockResult(UUID result) {
        return Optional.ofNullable(entities.find(ResultEntity.class, result, LockModeType.PESSIMISTIC_WRITE))
                .map(PolicyTable::read);
    }

    @Override
    public Optional<PolicyResult> lockWaiting(Instant now) {
        return locked(
                        "select cast(id as char) from policy_result where stage = 'WAITING' and next_look <= ?1"
                                + " order by next_look, id limit 1 for update skip locked",
                        now)
                .map(id -> read(entities.find(ResultEntity.class, id)));
    }

    @Override
    public List<PolicyResult> begun(int most) {
        return entities
                .createSelectionQuery("from PolicyResult where stage = 'BEGUN' order by dueAt desc", ResultEntity.class)
                .setMaxResults(most)
                .stream()
                .map(PolicyTable::read)
                .toList();
    }

    @Override
    public boolean isOpen(PolicyId policy, UUID target, Instant since) {
        return entities.createSelectionQuery(
                                "select count(*) from PolicyResult where policyId = :policy and targetId = :target"
                                        + " and stage in ('WAITING', 'BEGUN') and dueAt > :since",
                                Long.class)
                        .setParameter("policy", policy.value())
                        .setParameter("target", target)
                        .setParameter("since", since)
                        .getSingleResult()
                > 0;
    }

    @Override
    public List<PolicyResult> results(PolicyId policy, int most) {
        return entities
                .createSelectionQuery(
                        "from PolicyResult where policyId = :policy order by dueAt desc, id", ResultEntity.class)
                .setParameter("policy", policy.value())
                .setMaxResults(most)
                .stream()
                .map(PolicyTable::read)
                .toList();
    }

    @Override
    public List<PolicyResult> made(PolicyId policy, UUID target) {
        return entities
                .createSelectionQuery(
                        "from PolicyResult where policyId = :policy and targetId = :target and productId is not null"
                                + " and stage in ('DONE', 'FAILED') order by dueAt desc, id",
                        ResultEntity.class)
                .setParameter("policy", policy.value())
                .setParameter("target", target)
                .stream()
                .map(PolicyTable::read)
                .toList();
    }

    @Override
    public void trim(PolicyId policy, int most) {
        entities.createNativeMutationQuery("""
                        delete from policy_result where policy_id = ?1 and (stage = 'DROPPED'
                            or stage = 'FAILED' and product_id is null) and due_at < (
                                select due_at from (
                                    select due_at from policy_result where policy_id = ?1
                                    order by due_at desc limit 1 offset ?2) as oldest)
                        """)
                .setParameter(1, policy.value().toString())
                .setParameter(2, most)
                .executeUpdate();
    }

    private static void write(PolicyEntity row, SnapshotPolicy policy) {
        row.terms = RowJson.write(StoredTerms.of(policy.terms()));
        row.nextRun = policy.next().orElse(null);
        row.lastRun = policy.lastRun().orElse(null);
        row.updatedAt = policy.updatedAt();
    }

    private static SnapshotPolicy read(PolicyEntity row) {
        return new SnapshotPolicy(
                new PolicyId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                RowJson.read(row.terms, StoredTerms.class).terms(),
                Optional.ofNullable(row.nextRun),
                Optional.ofNullable(row.lastRun),
                row.createdAt,
                row.updatedAt);
    }

    private static void write(ResultEntity row, PolicyResult result) {
        row.stage = result.stage().name();
        row.productId = result.product().orElse(null);
        row.jobId = result.job().map(JobId::value).orElse(null);
        row.reason = result.reason().orElse(null);
        row.nextLook = result.nextLook();
    }

    private static PolicyResult read(ResultEntity row) {
        return new PolicyResult(
                row.id,
                new PolicyId(row.policyId),
                row.dueAt,
                row.targetId,
                Stage.valueOf(row.stage),
                Optional.ofNullable(row.productId),
                Optional.ofNullable(row.jobId).map(JobId::new),
                Optional.ofNullable(row.reason),
                row.nextLook);
    }
}
