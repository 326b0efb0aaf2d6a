package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.quota.Usage;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.volume.Listing;
import cloud.stasis.gateway.volume.Listing.Key;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeSnapshot;
import cloud.stasis.gateway.volume.VolumeSnapshot.Occasion;
import cloud.stasis.gateway.volume.VolumeSnapshot.State;
import cloud.stasis.gateway.volume.VolumeSnapshots;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// The table `volume_snapshot`.
@ApplicationScoped
class VolumeSnapshotTable implements VolumeSnapshots, Usage {
    private final Rows rows;

    VolumeSnapshotTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public Optional<VolumeSnapshot> find(SnapshotId snapshot) {
        return rows.findByIdOptional(snapshot.value())
                .filter(row -> row.deletedAt == null)
                .map(VolumeSnapshotTable::read);
    }

    @Override
    public Optional<VolumeSnapshot> lock(SnapshotId snapshot) {
        return rows.findByIdOptional(snapshot.value(), LockModeType.PESSIMISTIC_WRITE)
                .filter(row -> row.deletedAt == null)
                .map(VolumeSnapshotTable::read);
    }

    @Override
    public List<VolumeSnapshot> lockAllOf(VolumeId volume) {
        return rows
                .find("volumeId = ?1 and deletedAt is null order by id", volume.value())
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .stream()
                .map(VolumeSnapshotTable::read)
                .toList();
    }

    @Override
    public List<VolumeSnapshot> of(VolumeId volume) {
        return rows.find("volumeId = ?1 and deletedAt is null order by createdAt, id", volume.value()).stream()
                .map(VolumeSnapshotTable::read)
                .toList();
    }

    @Override
    public List<VolumeSnapshot> of(UUID groupSnapshot) {
        return rows.find("groupSnapshotId = ?1 and deletedAt is null order by id", groupSnapshot).stream()
                .map(VolumeSnapshotTable::read)
                .toList();
    }

    @Override
    public void add(VolumeSnapshot snapshot) {
        VolumeSnapshotEntity row = new VolumeSnapshotEntity();
        row.id = snapshot.id().value();
        row.volumeId = snapshot.volume().value();
        row.backendId = snapshot.backend().value();
        row.sizeBytes = snapshot.size().bytes();
        row.createdAt = snapshot.createdAt();
        row.groupSnapshotId = snapshot.group().orElse(null);
        row.occasion = snapshot.occasion().name();
        write(row, snapshot);
        rows.persist(row);
    }

    @Override
    public void save(VolumeSnapshot snapshot) {
        write(rows.findById(snapshot.id().value()), snapshot);
    }

    @Override
    public List<VolumeSnapshot> list(Listing listing) {
        Optional<VolumeSnapshotEntity> marker = listing.after().flatMap(rows::findByIdOptional);
        ListingQuery query = ListingQuery.of(listing, key -> column(marker.orElseThrow(), key));
        return rows
                .find(query.text(), query.values())
                .range(listing.skip(), listing.skip() + listing.rows() - 1)
                .stream()
                .map(VolumeSnapshotTable::read)
                .toList();
    }

    /// Snapshots take gigabytes of their volumes' quota, as in Cinder; [VolumeTable] counts those. Nobody asked for
    /// safety snapshots, and their number is bounded.
    @Override
    public Set<Resource> counted() {
        return Set.of(Resource.VOLUME_SNAPSHOTS);
    }

    @Override
    public Map<Resource, Long> of(ProjectId project) {
        return Map.of(
                Resource.VOLUME_SNAPSHOTS,
                rows.count("projectId = ?1 and deletedAt is null and occasion = 'ON_REQUEST'", project.value()));
    }

    private static Object column(VolumeSnapshotEntity row, Key key) {
        return switch (key) {
            case ID -> row.id;
            case NAME -> row.name;
            case STATUS -> row.state;
            case SIZE -> row.sizeBytes;
            case CREATED_AT -> row.createdAt;
            case UPDATED_AT -> row.updatedAt;
        };
    }

    private static void write(VolumeSnapshotEntity row, VolumeSnapshot snapshot) {
        row.projectId = snapshot.project().value();
        row.userId = snapshot.user().value();
        row.name = snapshot.label().name();
        row.description = snapshot.label().description().orElse(null);
        row.metadata = RowJson.write(new TreeMap<>(snapshot.label().metadata()));
        row.state = snapshot.state().status();
        row.progress = snapshot.state().progress();
        row.sagaId = snapshot.state().worker().map(SagaId::value).orElse(null);
        row.updatedAt = snapshot.updatedAt();
        row.deletedAt = snapshot.deletedAt().orElse(null);
    }

    private static VolumeSnapshot read(VolumeSnapshotEntity row) {
        return new VolumeSnapshot(
                new SnapshotId(row.id),
                new ProjectId(row.projectId),
                new UserId(row.userId),
                new VolumeId(row.volumeId),
                new BackendId(row.backendId),
                new Volume.Label(row.name, Optional.ofNullable(row.description), RowJson.readStrings(row.metadata)),
                new ByteCount(row.sizeBytes),
                Optional.ofNullable(row.groupSnapshotId),
                Occasion.valueOf(row.occasion),
                state(row),
                row.createdAt,
                row.updatedAt,
                Optional.ofNullable(row.deletedAt));
    }

    private static State state(VolumeSnapshotEntity row) {
        Optional<SagaId> saga = Optional.ofNullable(row.sagaId).map(SagaId::new);
        return switch (row.state) {
            case "available" -> new State.Available();
            case "creating" ->
                saga.<State>map(State.Creating::new).orElseGet(() -> new State.Marked(row.state, row.progress));
            case "restoring" ->
                saga.<State>map(State.Restoring::new).orElseGet(() -> new State.Marked(row.state, row.progress));
            case "deleting" ->
                saga.<State>map(State.Deleting::new).orElseGet(() -> new State.Marked(row.state, row.progress));
            default ->
                row.state.equals("error") && row.progress.equals("0%")
                        ? new State.Failed()
                        : new State.Marked(row.state, row.progress);
        };
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<VolumeSnapshotEntity, UUID> {}
}
