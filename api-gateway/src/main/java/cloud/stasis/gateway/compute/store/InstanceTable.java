package cloud.stasis.gateway.compute.store;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceQuery;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.fleet.Reservations;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The table `instance`.
@ApplicationScoped
class InstanceTable implements Instances, Usage {
    private final Rows rows;
    private final Reservations reservations;

    InstanceTable(Rows rows, Reservations reservations) {
        this.rows = rows;
        this.reservations = reservations;
    }

    @Override
    public Optional<Instance> find(InstanceId instance) {
        return rows.findByIdOptional(instance.value())
                .filter(row -> row.deletedAt == null)
                .map(InstanceMapping::read);
    }

    @Override
    public Optional<Instance> ever(InstanceId instance) {
        return rows.findByIdOptional(instance.value()).map(InstanceMapping::read);
    }

    @Override
    public Optional<Instance> lock(InstanceId instance) {
        return rows.findByIdOptional(instance.value(), LockModeType.PESSIMISTIC_WRITE)
                .filter(row -> row.deletedAt == null)
                .map(InstanceMapping::read);
    }

    @Override
    public void add(Instance instance) {
        rows.persist(InstanceMapping.fresh(instance));
    }

    @Override
    public void forgetDeleted(InstanceId instance) {
        rows.findByIdOptional(instance.value())
                .filter(row -> row.deletedAt != null)
                .ifPresent(row -> {
                    rows.delete(row);
                    rows.flush();
                });
    }

    @Override
    public void save(Instance instance) {
        InstanceMapping.write(rows.findById(instance.id().value()), instance);
    }

    @Override
    public List<Instance> list(InstanceQuery query) {
        InstanceSelect select = new InstanceSelect(query);
        query.after().flatMap(after -> rows.findByIdOptional(after.value())).ifPresent(select::after);
        if (query.nameMatches().isPresent()) {
            return search(query, select);
        }
        PanacheQuery<InstanceEntity> found = rows.find(select.where() + select.orderBy(), select.values());
        return found.page(0, query.rows()).stream().map(InstanceMapping::read).toList();
    }

    /// Looks at names in an index, and then at those rows alone that are found: rows are wide.
    private List<Instance> search(InstanceQuery query, InstanceSelect select) {
        var ids = rows.getEntityManager()
                .createQuery("select id from Instance where " + select.where() + select.orderBy(), UUID.class)
                .setHint("jakarta.persistence.query.timeout", Math.toIntExact(InstanceSelect.LONGEST_QUERY.toMillis()))
                .setMaxResults(query.rows());
        select.values().forEach(ids::setParameter);
        List<UUID> found = ids.getResultList();
        if (found.isEmpty()) {
            return List.of();
        }
        Map<UUID, InstanceEntity> byId =
                rows.find("id in ?1", found).stream().collect(Collectors.toMap(row -> row.id, row -> row));
        return found.stream()
                .flatMap(id -> Optional.ofNullable(byId.get(id)).stream())
                .map(InstanceMapping::read)
                .toList();
    }

    @Override
    public List<Instance> launchedWithin(
            Optional<ProjectId> project, Instant start, Instant end, Optional<InstanceId> after, int count) {
        Map<String, Object> values = new HashMap<>(Map.of("start", start, "end", end));
        StringBuilder where = new StringBuilder("launchedAt < :end and (deletedAt is null or deletedAt > :start)");
        project.ifPresent(owner -> {
            where.append(" and projectId = :project");
            values.put("project", owner.value());
        });
        after.ifPresent(last -> {
            where.append(" and id > :after");
            values.put("after", last.value());
        });
        return rows.find(where + " order by id", values).page(0, count).stream()
                .map(InstanceMapping::read)
                .toList();
    }

    @Override
    public Map<HostId, Load> loads() {
        List<Object[]> sums = rows.getEntityManager()
                .createQuery(
                        "select hostId, count(*), sum(vcpus), sum(memoryBytes) from Instance"
                                + " where hostId is not null and deletedAt is null group by hostId",
                        Object[].class)
                .getResultList();
        Map<HostId, Load> loads = new HashMap<>(reservations.reserved());
        sums.forEach(row -> loads.merge(new HostId((String) row[0]), load(row), Load::plus));
        return Map.copyOf(loads);
    }

    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.INSTANCES, Resource.CORES, Resource.MEMORY_MIB);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        Object[] sums = rows.getEntityManager()
                .createQuery(
                        "select '', count(*), sum(vcpus), sum(memoryBytes) from Instance"
                                + " where projectId = ?1 and deletedAt is null",
                        Object[].class)
                .setParameter(1, project.value())
                .getSingleResult();
        Load load = load(sums);
        return Map.of(
                Resource.INSTANCES, (long) load.instances(),
                Resource.CORES, (long) load.vcpus(),
                Resource.MEMORY_MIB, load.memory().mibRoundedUp());
    }

    private static Load load(Object[] sums) {
        return new Load(
                Math.toIntExact(number(sums[1])), Math.toIntExact(number(sums[2])), new ByteCount(number(sums[3])));
    }

    private static long number(@Nullable Object sum) {
        return sum instanceof Number number ? number.longValue() : 0;
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<InstanceEntity, UUID> {}
}
