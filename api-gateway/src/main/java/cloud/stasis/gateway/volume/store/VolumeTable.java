package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeQuery;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Parameters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The table `volume`.
@ApplicationScoped
class VolumeTable implements Volumes, Usage {
    private final Rows rows;

    VolumeTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public Optional<Volume> find(VolumeId volume) {
        return rows.findByIdOptional(volume.value()).map(VolumeTable::read).filter(VolumeTable::isPresent);
    }

    @Override
    public Optional<Volume> lock(VolumeId volume) {
        return rows.findByIdOptional(volume.value(), LockModeType.PESSIMISTIC_WRITE)
                .map(VolumeTable::read)
                .filter(VolumeTable::isPresent);
    }

    @Override
    public List<Volume> of(Collection<InstanceId> instances) {
        if (instances.isEmpty()) {
            return List.of();
        }
        List<UUID> ids = instances.stream().map(InstanceId::value).toList();
        return rows.find("instanceId in ?1 and deletedAt is null order by instanceId, device", ids).stream()
                .map(VolumeTable::read)
                .toList();
    }

    @Override
    public void add(Volume volume) {
        VolumeEntity row = new VolumeEntity();
        row.id = volume.id().value();
        row.projectId = volume.project().value();
        row.userId = volume.user().value();
        row.backendId = volume.backend().value();
        row.createdAt = volume.createdAt();
        write(row, volume);
        rows.persist(row);
    }

    @Override
    public void save(Volume volume) {
        write(rows.findById(volume.id().value()), volume);
    }

    @Override
    public List<Volume> list(VolumeQuery query) {
        StringBuilder where = new StringBuilder("deletedAt is null");
        Parameters values = new Parameters();
        query.project().ifPresent(project -> {
            where.append(" and projectId = :project");
            values.and("project", project.value());
        });
        query.name().ifPresent(name -> {
            where.append(" and name = :name");
            values.and("name", name);
        });
        query.status().ifPresent(status -> {
            where.append(" and state = :state");
            values.and("state", status);
        });
        query.after().flatMap(after -> rows.findByIdOptional(after.value())).ifPresent(after -> {
            where.append(" and (createdAt < :at or createdAt = :at and id < :after)");
            values.and("at", after.createdAt).and("after", after.id);
        });
        return rows
                .find(where + " order by createdAt desc, id desc", values)
                .range(query.skip(), query.skip() + query.rows() - 1)
                .stream()
                .map(VolumeTable::read)
                .toList();
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        Object[] sums = (Object[]) rows.getEntityManager()
                .createNativeQuery("""
                        select count(*), coalesce(sum(ceil(size_bytes / 1073741824)), 0)
                        from volume where project_id = ?1 and deleted_at is null
                        """)
                .setParameter(1, project.value())
                .getSingleResult();
        return Map.of(
                Resource.VOLUMES, ((Number) sums[0]).longValue(),
                Resource.VOLUME_GIB, ((Number) sums[1]).longValue());
    }

    private static boolean isPresent(Volume volume) {
        return volume.deletedAt().isEmpty();
    }

    private static void write(VolumeEntity row, Volume volume) {
        row.name = volume.label().name();
        row.description = volume.label().description().orElse(null);
        row.metadata = RowJson.write(new TreeMap<>(volume.label().metadata()));
        row.sizeBytes = volume.size().bytes();
        row.state = volume.state().status();
        row.sagaId = volume.state().worker().map(SagaId::value).orElse(null);
        Optional<Attachment> attachment = volume.state().attached();
        row.instanceId = attachment.map(at -> at.instance().value()).orElse(null);
        row.device = attachment.map(at -> at.device().value()).orElse(null);
        row.onTermination = attachment.map(at -> at.onTermination().name()).orElse(null);
        row.attachedAt = attachment.map(Attachment::at).orElse(null);
        row.updatedAt = volume.updatedAt();
        row.deletedAt = volume.deletedAt().orElse(null);
    }

    private static Volume read(VolumeEntity row) {
        return new Volume(
                new VolumeId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                new Volume.Label(row.name, Optional.ofNullable(row.description), RowJson.readStrings(row.metadata)),
                new ByteCount(row.sizeBytes),
                new BackendId(row.backendId),
                state(row),
                row.createdAt,
                row.updatedAt,
                Optional.ofNullable(row.deletedAt));
    }

    private static VolumeState state(VolumeEntity row) {
        Optional<SagaId> saga = Optional.ofNullable(row.sagaId).map(SagaId::new);
        Optional<Attachment> attachment = Optional.ofNullable(row.instanceId)
                .map(instance -> new Attachment(
                        new InstanceId(instance),
                        new DeviceName(present(row.device)),
                        OnTermination.valueOf(present(row.onTermination)),
                        present(row.attachedAt)));
        return switch (row.state) {
            case "creating" -> new VolumeState.Creating(saga.orElseThrow(), attachment);
            case "available" -> new VolumeState.Available();
            case "attaching" -> new VolumeState.Attaching(saga.orElseThrow(), attachment.orElseThrow());
            case "in-use" -> new VolumeState.InUse(attachment.orElseThrow());
            case "deleting" -> new VolumeState.Deleting(saga.orElseThrow());
            case "error" -> new VolumeState.Failed();
            default -> throw new IllegalStateException("unknown volume state " + row.state);
        };
    }

    private static <T> T present(@Nullable T value) {
        return Optional.ofNullable(value).orElseThrow();
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<VolumeEntity, UUID> {}
}
