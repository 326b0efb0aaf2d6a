package cloud.stasis.gateway.storage.store;

import cloud.stasis.gateway.storage.StoredSize;
import cloud.stasis.gateway.storage.StoredSizes;
import cloud.stasis.messages.BundleSize;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ProjectSize;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.Session;

/// The tables `bundle_size` and `project_size`, and what is reserved in `image` and `snapshot`: numbers by key, so
/// plain SQL.
@ApplicationScoped
class SizeTable implements StoredSizes {
    /// Rows of bundles that are gone are removed after so long: a fact may tell of a bundle before its row is there.
    private static final int DAYS_WITHOUT_BUNDLE = 1;

    private final Session entities;

    SizeTable(Session entities) {
        this.entities = entities;
    }

    @Override
    public void take(Fact.StoreMeasured measured, Instant now) {
        measured.bundles().stream()
                .filter(size -> size.reference().kind() != ReferenceName.Kind.STATE)
                .forEach(size -> write(size, now));
        measured.projects().forEach(size -> write(measured.store().value(), size, now));
        forgetGone("IMAGE", "select 1 from image i where i.id = bundle_size.bundle_id");
        forgetGone("SNAPSHOT", "select 1 from snapshot s where s.id = bundle_size.bundle_id");
    }

    @Override
    public Map<ReferenceName, StoredSize> of(Collection<ReferenceName> bundles) {
        Map<ReferenceName, StoredSize> sizes = new HashMap<>();
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            List<String> ids = bundles.stream()
                    .filter(bundle -> bundle.kind() == kind)
                    .map(bundle -> bundle.id().toString())
                    .toList();
            if (!ids.isEmpty()) {
                rows(kind, ids).forEach(row -> read(kind, row, sizes));
            }
        }
        return sizes;
    }

    @Override
    public ByteCount stored(ProjectId project) {
        return number(
                "select cast(coalesce(sum(stored_bytes), 0) as signed) from project_size where project_id = ?1",
                project);
    }

    /// Safety snapshots do not count: nobody asked for them, and their number is bounded.
    @Override
    public ByteCount kept(ProjectId project) {
        return number("""
                        select cast((select coalesce(sum(coalesce(size, reserved_bytes)), 0) from image where owner = ?1)
                                  + (select coalesce(sum(if(manifest is null, reserved_bytes, size_bytes)), 0)
                                       from snapshot where project_id = ?1 and before_revert is null) as signed)
                        """, project);
    }

    @Override
    public void reserve(ReferenceName bundle, ByteCount most) {
        entities.flush();
        String statement =
                switch (bundle.kind()) {
                    case IMAGE -> "update image set reserved_bytes = ?1 where id = ?2";
                    case SNAPSHOT -> "update snapshot set reserved_bytes = ?1 where id = ?2";
                    case STATE -> throw new IllegalStateException("the state of a site is in no project");
                };
        entities.createNativeMutationQuery(statement)
                .setParameter(1, most.bytes())
                .setParameter(2, bundle.id().toString())
                .executeUpdate();
    }

    private void write(BundleSize size, Instant now) {
        entities.createNativeMutationQuery("""
                        insert into bundle_size (kind, bundle_id, project_id, logical_bytes, own_bytes, shared_bytes,
                                                 sole_bytes, measured_at)
                        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                        on duplicate key update project_id = ?3, logical_bytes = ?4, own_bytes = ?5, shared_bytes = ?6,
                                                sole_bytes = ?7, measured_at = ?8
                        """)
                .setParameter(1, size.reference().kind().name())
                .setParameter(2, size.reference().id().toString())
                .setParameter(3, size.project().map(ProjectId::value).orElse(""))
                .setParameter(4, size.logical().bytes())
                .setParameter(5, size.own().bytes())
                .setParameter(6, size.shared().bytes())
                .setParameter(7, size.sole().bytes())
                .setParameter(8, now)
                .executeUpdate();
    }

    private void write(String store, ProjectSize size, Instant now) {
        entities.createNativeMutationQuery("""
                        insert into project_size (store_id, project_id, stored_bytes, measured_at)
                        values (?1, ?2, ?3, ?4) on duplicate key update stored_bytes = ?3, measured_at = ?4
                        """)
                .setParameter(1, store)
                .setParameter(2, size.project().value())
                .setParameter(3, size.stored().bytes())
                .setParameter(4, now)
                .executeUpdate();
    }

    private void forgetGone(String kind, String row) {
        entities.createNativeMutationQuery("delete from bundle_size where kind = ?1"
                        + " and measured_at < now(6) - interval " + DAYS_WITHOUT_BUNDLE + " day and not exists (" + row
                        + ")")
                .setParameter(1, kind)
                .executeUpdate();
    }

    private List<Object[]> rows(ReferenceName.Kind kind, List<String> ids) {
        return entities.createNativeQuery("""
                        select bundle_id, project_id, logical_bytes, own_bytes, shared_bytes, sole_bytes, measured_at
                          from bundle_size where kind = :kind and bundle_id in (:ids) and project_id <> ''
                        """, Object[].class)
                .addScalar("bundle_id", String.class)
                .addScalar("project_id", String.class)
                .addScalar("logical_bytes", Long.class)
                .addScalar("own_bytes", Long.class)
                .addScalar("shared_bytes", Long.class)
                .addScalar("sole_bytes", Long.class)
                .addScalar("measured_at", Instant.class)
                .setParameter("kind", kind.name())
                .setParameterList("ids", ids)
                .getResultList();
    }

    private static void read(ReferenceName.Kind kind, Object[] row, Map<ReferenceName, StoredSize> into) {
        into.put(
                new ReferenceName(kind, UUID.fromString((String) row[0])),
                new StoredSize(
                        new ProjectId((String) row[1]),
                        bytes(row[2]),
                        bytes(row[3]),
                        bytes(row[4]),
                        Optional.of(bytes(row[5])),
                        (Instant) row[6]));
    }

    private ByteCount number(String query, ProjectId project) {
        return bytes(entities.createNativeQuery(query, Object.class)
                .setParameter(1, project.value())
                .getSingleResult());
    }

    private static ByteCount bytes(Object column) {
        return ByteCount.ofBytes(((Number) column).longValue());
    }
}
