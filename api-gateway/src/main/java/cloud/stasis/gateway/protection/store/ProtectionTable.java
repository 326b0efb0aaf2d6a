package cloud.stasis.gateway.protection.store;

import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.fleet.Reservations;
import cloud.stasis.gateway.protection.Protection;
import cloud.stasis.gateway.protection.ProtectionRows;
import cloud.stasis.gateway.protection.Report;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.messages.ProtectionStatus.Health;
import cloud.stasis.messages.ProtectionStatus.Role;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Tuple;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.Session;
import org.hibernate.query.SelectionQuery;

/// The tables `protection` and `protection_report`.
@ApplicationScoped
class ProtectionTable implements ProtectionRows, Reservations {
    private static final String TAKEN_OVER = "TAKEN_OVER";

    private final Session entities;

    ProtectionTable(Session entities) {
        this.entities = entities;
    }

    @Override
    public Optional<Protection> find(ProtectionId protection) {
        return Optional.ofNullable(entities.find(ProtectionEntity.class, protection.value()))
                .map(ProtectionMapping::read);
    }

    @Override
    public Optional<Protection> lock(ProtectionId protection) {
        return Optional.ofNullable(entities.find(ProtectionEntity.class, protection.value()))
                .map(row -> {
                    entities.refresh(row, LockModeType.PESSIMISTIC_WRITE);
                    return ProtectionMapping.read(row);
                });
    }

    @Override
    public List<Protection> list(ProjectId project, int most) {
        return read(entities.createSelectionQuery(
                        "from Protection where projectId = :project order by createdAt, id", ProtectionEntity.class)
                .setParameter("project", project.value())
                .setMaxResults(most));
    }

    @Override
    public List<Protection> of(InstanceId instance) {
        return read(entities.createSelectionQuery(
                        "from Protection where instanceId = :instance order by createdAt, id", ProtectionEntity.class)
                .setParameter("instance", instance.value()));
    }

    @Override
    public List<Protection> on(HostId host) {
        return read(entities.createSelectionQuery(
                        "from Protection where sourceId = :host or standbyId = :host order by id",
                        ProtectionEntity.class)
                .setParameter("host", host.value()));
    }

    private static List<Protection> read(SelectionQuery<ProtectionEntity> query) {
        return query.stream().map(ProtectionMapping::read).toList();
    }

    @Override
    public List<ProtectionId> watched(int most) {
        return entities
                .createSelectionQuery(
                        "select id from Protection where stage in ('PROTECTED', 'BROKEN', 'FENCING') order by id",
                        UUID.class)
                .setMaxResults(most)
                .stream()
                .map(ProtectionId::new)
                .toList();
    }

    @Override
    public long count(ProjectId project) {
        return entities.createSelectionQuery(
                        "select count(*) from Protection where projectId = :project and stage <> :over", Long.class)
                .setParameter("project", project.value())
                .setParameter("over", TAKEN_OVER)
                .getSingleResult();
    }

    @Override
    public void add(Protection protection) {
        entities.persist(ProtectionMapping.fresh(protection));
    }

    @Override
    public void save(Protection protection) {
        ProtectionMapping.write(
                entities.find(ProtectionEntity.class, protection.id().value()), protection);
    }

    @Override
    public void remove(ProtectionId protection) {
        entities.remove(entities.find(ProtectionEntity.class, protection.value()));
        entities.createNativeMutationQuery("delete from protection_report where protection_id = ?1")
                .setParameter(1, protection.toString())
                .executeUpdate();
    }

    @Override
    public Optional<URI> link(ProtectionId protection) {
        return Optional.ofNullable(entities.find(ProtectionEntity.class, protection.value()))
                .map(row -> row.standbyUrl)
                .map(URI::create);
    }

    @Override
    public void linked(ProtectionId protection, URI standby) {
        entities.find(ProtectionEntity.class, protection.value()).standbyUrl = standby.toString();
        // A later lock in this transaction reads the row again.
        entities.flush();
    }

    @Override
    public Optional<Report> report(ProtectionId protection, Role role) {
        return entities.createNativeQuery("""
                        select cast(p.instance_id as char) as instance, r.health as health, r.epoch as epoch,
                            r.epoch_at as epoch_at, r.interval_ms as interval_ms, r.pause_us as pause_us,
                            r.sent_bytes as sent_bytes, r.reason as reason, r.told_at as told_at,
                            r.moved_at as moved_at, r.alone as alone
                        from protection_report r join protection p on p.id = r.protection_id
                        where r.protection_id = ?1 and r.role = ?2
                        """, Tuple.class)
                .setParameter(1, protection.toString())
                .setParameter(2, role.name())
                .addScalar("instance", String.class)
                .addScalar("health", String.class)
                .addScalar("epoch", Long.class)
                .addScalar("epoch_at", Instant.class)
                .addScalar("interval_ms", Long.class)
                .addScalar("pause_us", Long.class)
                .addScalar("sent_bytes", Long.class)
                .addScalar("reason", String.class)
                .addScalar("told_at", Instant.class)
                .addScalar("moved_at", Instant.class)
                .addScalar("alone", Integer.class)
                .getResultStream()
                .findFirst()
                .map(row -> report(protection, role, row));
    }

    private static Report report(ProtectionId protection, Role role, Tuple row) {
        return new Report(
                new ProtectionStatus(
                        protection,
                        InstanceId.parse(row.get("instance", String.class)),
                        role,
                        Health.valueOf(row.get("health", String.class)),
                        row.get("epoch", Long.class),
                        row.get("epoch_at", Instant.class),
                        Duration.ofMillis(row.get("interval_ms", Long.class)),
                        Duration.of(row.get("pause_us", Long.class), ChronoUnit.MICROS),
                        new ByteCount(row.get("sent_bytes", Long.class)),
                        Optional.ofNullable(row.get("reason", String.class))),
                row.get("told_at", Instant.class),
                row.get("moved_at", Instant.class),
                row.get("alone", Integer.class));
    }

    @Override
    public void heard(Heartbeat.Host host, Instant now) {
        entities.createNativeMutationQuery("""
                        update protection_report r join protection p on p.id = r.protection_id
                            set r.alone = 0 where p.source_id = ?1 and r.alone > 0
                        """)
                .setParameter(1, host.host().value())
                .executeUpdate();
        host.protections().orElse(List.of()).forEach(status -> told(host.host(), status, now));
    }

    /// Nothing is taken of a host that has no such part in it.
    private void told(HostId host, ProtectionStatus status, Instant now) {
        String column =
                switch (status.role()) {
                    case SOURCE -> "source_id";
                    case STANDBY -> "standby_id";
                };
        entities.createNativeMutationQuery("""
                        insert into protection_report (protection_id, role, health, epoch, epoch_at, interval_ms, pause_us,
                            sent_bytes, reason, told_at, moved_at, alone)
                        select id, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 0 from protection
                            where id = ?10 and %s = ?11 and stage <> 'TAKEN_OVER'
                        on duplicate key update
                            moved_at = if(protection_report.epoch = values(epoch), moved_at, values(moved_at)),
                            alone = if(protection_report.role = 'STANDBY', alone + 1, 0),
                            health = values(health), epoch = values(epoch), epoch_at = values(epoch_at),
                            interval_ms = values(interval_ms), pause_us = values(pause_us),
                            sent_bytes = values(sent_bytes), reason = values(reason), told_at = values(told_at)
                        """.formatted(column))
                .setParameter(1, status.role().name())
                .setParameter(2, status.health().name())
                .setParameter(3, status.epoch())
                .setParameter(4, status.at())
                .setParameter(5, status.interval().toMillis())
                .setParameter(6, status.pause().toNanos() / 1000)
                .setParameter(7, status.sent().bytes())
                .setParameter(8, status.reason().map(ProtectionTable::shortened).orElse(null))
                .setParameter(9, now)
                .setParameter(10, status.protection().toString())
                .setParameter(11, host.value())
                .executeUpdate();
    }

    private static String shortened(String reason) {
        return reason.substring(0, Math.min(reason.length(), ProtectionMapping.LONGEST_REASON));
    }

    @Override
    public Map<HostId, Load> reserved() {
        return entities
                .createSelectionQuery(
                        "select p.standbyId, sum(i.vcpus), sum(i.memoryBytes) from Protection p join Instance i"
                                + " on i.id = p.instanceId where p.stage <> :over group by p.standbyId",
                        Object[].class)
                .setParameter("over", TAKEN_OVER)
                .stream()
                .collect(Collectors.toUnmodifiableMap(
                        row -> new HostId((String) row[0]),
                        row -> new Load(
                                0,
                                Math.toIntExact(((Number) row[1]).longValue()),
                                new ByteCount(((Number) row[2]).longValue()))));
    }
}
