package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.volume.Listing;
import cloud.stasis.gateway.volume.Listing.Key;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Access;
import cloud.stasis.gateway.volume.VolumeGroupId;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.gateway.volume.VolumeState.Work;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    public List<Volume> of(VolumeGroupId group) {
        return rows.find("groupId = ?1 and deletedAt is null order by createdAt, id", group.value()).stream()
                .map(VolumeTable::read)
                .toList();
    }

    @Override
    public void add(Volume volume) {
        VolumeEntity row = new VolumeEntity();
        row.id = volume.id().value();
        row.backendId = volume.backend().value();
        row.createdAt = volume.createdAt();
        row.snapshotId = volume.nature().snapshot().map(SnapshotId::value).orElse(null);
        row.sourceId = volume.nature().source().map(VolumeId::value).orElse(null);
        write(row, volume);
        rows.persist(row);
    }

    @Override
    public void save(Volume volume) {
        write(rows.findById(volume.id().value()), volume);
    }

    @Override
    public List<Volume> list(Listing listing) {
        Optional<VolumeEntity> marker = listing.after().flatMap(rows::findByIdOptional);
        ListingQuery query = ListingQuery.of(listing, key -> column(marker.orElseThrow(), key));
        return rows
                .find(query.text(), query.values())
                .range(listing.skip(), listing.skip() + listing.rows() - 1)
                .stream()
                .map(VolumeTable::read)
                .toList();
    }

    @Override
    public boolean isBeingCopied(VolumeId volume) {
        return rows.count("sourceId = ?1 and state = 'creating' and deletedAt is null", volume.value()) > 0;
    }

    @Override
    public boolean isBeingCopied(SnapshotId snapshot) {
        return rows.count("snapshotId = ?1 and state = 'creating' and deletedAt is null", snapshot.value()) > 0;
    }

    private static Object column(VolumeEntity row, Key key) {
        return switch (key) {
            case ID -> row.id;
            case NAME -> row.name;
            case STATUS -> row.state;
            case SIZE -> row.sizeBytes;
            case CREATED_AT -> row.createdAt;
            case UPDATED_AT -> row.updatedAt;
        };
    }

    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.VOLUMES, Resource.VOLUME_GIB);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        Object[] sums = (Object[]) rows.getEntityManager()
                .createNativeQuery("""
                        select count(*), coalesce(sum(ceil(size_bytes / 1073741824)), 0) + (
                            select coalesce(sum(ceil(size_bytes / 1073741824)), 0)
                            from volume_snapshot where project_id = ?1 and deleted_at is null
                                and occasion = 'ON_REQUEST')
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
        row.projectId = volume.project().value();
        row.userId = volume.user().value();
        row.image = RowJson.write(new TreeMap<>(volume.nature().image()));
        row.groupId = volume.nature().group().map(VolumeGroupId::value).orElse(null);
        row.name = volume.label().name();
        row.description = volume.label().description().orElse(null);
        row.metadata = RowJson.write(new TreeMap<>(volume.label().metadata()));
        row.typeId = volume.nature().type().map(VolumeTypeId::value).orElse(null);
        row.bootable = volume.nature().use().isBootable();
        row.readOnly = volume.nature().use().access() == Access.READ_ONLY;
        row.sizeBytes = volume.size().bytes();
        row.state = volume.state().status();
        row.sagaId = volume.state().worker().map(SagaId::value).orElse(null);
        Optional<Attachment> attachment = volume.state().attached();
        row.instanceId = attachment.map(at -> at.instance().value()).orElse(null);
        row.device = attachment.map(at -> at.device().value()).orElse(null);
        row.onTermination = attachment.map(at -> at.onTermination().name()).orElse(null);
        row.deviceTag = attachment.flatMap(Attachment::tag).orElse(null);
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
                new Volume.Nature(
                        Optional.ofNullable(row.typeId).map(VolumeTypeId::new),
                        new Volume.Use(row.bootable, row.readOnly ? Access.READ_ONLY : Access.READ_WRITE),
                        Optional.ofNullable(row.snapshotId).map(SnapshotId::new),
                        Optional.ofNullable(row.sourceId).map(VolumeId::new),
                        RowJson.readStrings(row.image),
                        Optional.ofNullable(row.groupId).map(VolumeGroupId::new)),
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
                        Optional.ofNullable(row.deviceTag),
                        present(row.attachedAt)));
        if (row.state.equals("in-use") && attachment.isPresent()) {
            return new VolumeState.InUse(attachment.get());
        }
        if (row.state.equals("available")) {
            return new VolumeState.Available();
        }
        if (row.state.equals("error")) {
            return new VolumeState.Failed();
        }
        return saga.<VolumeState>map(worker -> switch (row.state) {
                    case "creating" -> new VolumeState.Creating(worker, attachment);
                    case "attaching" -> new VolumeState.Attaching(worker, attachment.orElseThrow());
                    case "deleting" -> new VolumeState.Deleting(worker);
                    default -> new VolumeState.Working(Work.ofWord(row.state).orElseThrow(), worker, attachment);
                })
                .orElseGet(() -> new VolumeState.Marked(row.state));
    }

    private static <T> T present(@Nullable T value) {
        return Optional.ofNullable(value).orElseThrow();
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<VolumeEntity, UUID> {}
}
