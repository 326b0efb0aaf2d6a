package cloud.stasis.gateway.snapshot.store;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.snapshot.FirstVerdict;
import cloud.stasis.gateway.snapshot.InstantId;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.BeforeRevert;
import cloud.stasis.gateway.snapshot.Snapshot.Imported;
import cloud.stasis.gateway.snapshot.Snapshot.Occasion;
import cloud.stasis.gateway.snapshot.Snapshot.OfInstant;
import cloud.stasis.gateway.snapshot.Snapshot.OnRequest;
import cloud.stasis.gateway.snapshot.Snapshot.Protection;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.gateway.snapshot.SnapshotQuery;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.snapshot.SnapshotState;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The table `snapshot`.
@ApplicationScoped
class SnapshotTable implements SnapshotRows, Usage {
    private final Rows rows;

    SnapshotTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public Optional<Snapshot> find(SnapshotId snapshot) {
        return rows.findByIdOptional(snapshot.value()).map(SnapshotTable::read);
    }

    @Override
    public Optional<Snapshot> lock(SnapshotId snapshot) {
        return rows.findByIdOptional(snapshot.value(), LockModeType.PESSIMISTIC_WRITE)
                .map(SnapshotTable::read);
    }

    @Override
    public List<Snapshot> childrenOf(SnapshotId snapshot) {
        return rows.find("parentId", snapshot.value()).stream()
                .map(SnapshotTable::read)
                .toList();
    }

    @Override
    public List<Snapshot> ofServer(InstanceId server) {
        return rows.find("instanceId = ?1 order by createdAt, id", server.value()).stream()
                .map(SnapshotTable::read)
                .toList();
    }

    @Override
    public List<Snapshot> ofInstant(InstantId instant) {
        return rows.find("instantId = ?1 order by instanceId", instant.value()).stream()
                .map(SnapshotTable::read)
                .toList();
    }

    @Override
    public void add(Snapshot snapshot) {
        SnapshotEntity row = new SnapshotEntity();
        row.id = snapshot.id().value();
        row.projectId = snapshot.project().value();
        row.userId = snapshot.user().value();
        row.instanceId = snapshot.instance().value();
        row.memory = snapshot.asked().memory().name();
        row.quiesce = snapshot.asked().quiesce().name();
        row.beforeRevert = switch (snapshot.occasion()) {
            case OnRequest _, OfInstant _, Imported _ -> null;
            case BeforeRevert before -> before.power().name();
        };
        row.importedImage = snapshot.occasion() instanceof Imported(ImageId image) ? image.value() : null;
        row.instantId = snapshot.instant().map(InstantId::value).orElse(null);
        row.createdAt = snapshot.createdAt();
        write(row, snapshot);
        rows.persist(row);
    }

    @Override
    public void save(Snapshot snapshot) {
        write(rows.findById(snapshot.id().value()), snapshot);
    }

    @Override
    public void judge(SnapshotId snapshot, FirstVerdict verdict) {
        rows.findById(snapshot.value()).firstVerdict = RowJson.write(verdict);
    }

    @Override
    public Optional<FirstVerdict> firstVerdict(SnapshotId snapshot) {
        return rows.findByIdOptional(snapshot.value())
                .flatMap(row -> Optional.ofNullable(row.firstVerdict))
                .map(text -> RowJson.read(text, FirstVerdict.class));
    }

    @Override
    public List<InstanceId> serversInQueue(int most) {
        return rows.getEntityManager()
                .createQuery("select distinct instanceId from Snapshot where state = 'queued'", UUID.class)
                .setMaxResults(most)
                .getResultStream()
                .map(InstanceId::new)
                .toList();
    }

    @Override
    public void remove(SnapshotId snapshot) {
        rows.deleteById(snapshot.value());
    }

    @Override
    public List<Snapshot> list(SnapshotQuery query) {
        StringBuilder where = new StringBuilder("projectId = :project");
        Parameters values = Parameters.with("project", query.project().value());
        query.server().ifPresent(server -> {
            where.append(" and instanceId = :server");
            values.and("server", server.value());
        });
        query.name().ifPresent(name -> {
            where.append(" and name = :name");
            values.and("name", name);
        });
        query.after().flatMap(after -> rows.findByIdOptional(after.value())).ifPresent(after -> {
            where.append(" and (createdAt < :at or createdAt = :at and id < :after)");
            values.and("at", after.createdAt).and("after", after.id);
        });
        return rows.find(where + " order by createdAt desc, id desc", values).page(0, query.rows()).stream()
                .map(SnapshotTable::read)
                .toList();
    }

    /// Those that reverts made do not count: nobody asked for them, and their number is bounded.
    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.SNAPSHOTS);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        return Map.of(Resource.SNAPSHOTS, rows.count("projectId = ?1 and beforeRevert is null", project.value()));
    }

    private static void write(SnapshotEntity row, Snapshot snapshot) {
        row.name = snapshot.name();
        row.spec = RowJson.write(snapshot.spec());
        row.state = snapshot.state().status();
        row.sagaId = snapshot.state().worker().map(SagaId::value).orElse(null);
        row.parentId = snapshot.parent().map(SnapshotId::value).orElse(null);
        row.isProtected = snapshot.isProtected();
        row.updatedAt = snapshot.updatedAt();
        snapshot.sealed().ifPresent(bundle -> {
            row.manifest = RowJson.write(bundle.manifest());
            row.manifestId = bundle.id().toString();
            row.sizeBytes = bundle.manifest().logicalSize().bytes();
            row.takenAt = bundle.manifest().takenAt();
        });
    }

    private static Snapshot read(SnapshotEntity row) {
        return new Snapshot(
                new SnapshotId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                new InstanceId(row.instanceId),
                row.name,
                new Asked(MemoryChoice.valueOf(row.memory), Quiesce.valueOf(row.quiesce)),
                state(row),
                Optional.ofNullable(row.parentId).map(SnapshotId::new),
                RowJson.read(row.spec, InstanceSpec.class),
                Optional.ofNullable(row.manifest)
                        .map(manifest -> new SealedBundle(
                                ManifestId.parse(
                                        Optional.ofNullable(row.manifestId).orElseThrow()),
                                RowJson.read(manifest, Manifest.class))),
                occasion(row),
                row.isProtected ? Protection.PROTECTED : Protection.NONE,
                row.createdAt,
                row.updatedAt);
    }

    private static Occasion occasion(SnapshotEntity row) {
        if (row.beforeRevert != null) {
            return new BeforeRevert(PowerState.valueOf(row.beforeRevert));
        }
        if (row.importedImage != null) {
            return new Imported(new ImageId(row.importedImage));
        }
        return row.instantId == null ? new OnRequest() : new OfInstant(new InstantId(row.instantId));
    }

    private static SnapshotState state(SnapshotEntity row) {
        Optional<SagaId> saga = Optional.ofNullable(row.sagaId).map(SagaId::new);
        return switch (row.state) {
            case "queued" -> new SnapshotState.Queued();
            case "creating" -> new SnapshotState.Creating(saga.orElseThrow());
            case "available" -> new SnapshotState.Available();
            case "reverting" -> new SnapshotState.Reverting(saga.orElseThrow());
            case "cloning" -> new SnapshotState.Cloning(saga.orElseThrow());
            case "deleting" -> new SnapshotState.Deleting(saga.orElseThrow());
            case "failed" -> new SnapshotState.Failed();
            default -> throw new IllegalStateException("unknown snapshot state " + row.state);
        };
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<SnapshotEntity, UUID> {}
}
