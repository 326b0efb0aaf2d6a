package cloud.stasis.gateway.volume.store;

import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.gateway.volume.VolumeType;
import cloud.stasis.gateway.volume.VolumeType.Visibility;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.gateway.volume.VolumeTypes;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// The table `volume_type`.
@ApplicationScoped
class VolumeTypeTable implements VolumeTypes {
    private final Rows rows;
    private final Clock clock;

    VolumeTypeTable(Rows rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public List<VolumeType> all() {
        return rows.listAll(Sort.by("name")).stream().map(VolumeTypeTable::read).toList();
    }

    @Override
    public Optional<VolumeType> find(VolumeTypeId type) {
        return rows.findByIdOptional(type.value()).map(VolumeTypeTable::read);
    }

    @Override
    public Optional<VolumeType> named(String name) {
        return rows.find("name", name).firstResultOptional().map(VolumeTypeTable::read);
    }

    @Override
    public void add(VolumeType type) {
        requireFree(type);
        VolumeTypeEntity row = new VolumeTypeEntity();
        row.id = type.id().value();
        row.createdAt = clock.instant();
        write(row, type);
        rows.persistAndFlush(row);
    }

    @Override
    public void save(VolumeType type) {
        requireFree(type);
        write(rows.findById(type.id().value()), type);
    }

    @Override
    public void remove(VolumeTypeId type) {
        rows.deleteById(type.value());
    }

    @Override
    public boolean isUsed(VolumeTypeId type) {
        return rows.getEntityManager()
                        .createQuery(
                                "select count(*) from Volume where typeId = :type and deletedAt is null", Long.class)
                        .setParameter("type", type.value())
                        .getSingleResult()
                > 0;
    }

    private void requireFree(VolumeType type) {
        if (named(type.name()).filter(other -> !other.id().equals(type.id())).isPresent()) {
            throw new StasisException(ErrorCode.NAME_TAKEN, "Volume Type " + type.name() + " already exists.");
        }
    }

    private static void write(VolumeTypeEntity row, VolumeType type) {
        row.name = type.name();
        row.description = type.description().orElse(null);
        row.isPublic = type.visibility() == Visibility.PUBLIC;
        row.extraSpecs = RowJson.write(new TreeMap<>(type.extraSpecs()));
        row.access = RowJson.write(
                type.projects().stream().map(ProjectId::value).sorted().toList());
    }

    private static VolumeType read(VolumeTypeEntity row) {
        return new VolumeType(
                new VolumeTypeId(row.id),
                row.name,
                Optional.ofNullable(row.description),
                row.isPublic ? Visibility.PUBLIC : Visibility.PRIVATE,
                RowJson.readStrings(row.extraSpecs),
                RowJson.readList(row.access).stream().map(ProjectId::new).collect(Collectors.toSet()));
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<VolumeTypeEntity, UUID> {}
}
