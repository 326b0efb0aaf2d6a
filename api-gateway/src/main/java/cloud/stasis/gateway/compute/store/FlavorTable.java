package cloud.stasis.gateway.compute.store;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Flavor.Visibility;
import cloud.stasis.gateway.compute.Flavors;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The table `flavor`.
@ApplicationScoped
class FlavorTable implements Flavors {
    private final Rows rows;
    private final Clock clock;

    FlavorTable(Rows rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public Optional<Flavor> find(String id) {
        return rows.findByIdOptional(id).map(FlavorTable::read);
    }

    @Override
    public List<Flavor> visibleTo(Caller caller) {
        return rows.find("order by id").stream()
                .filter(row -> row.isPublic || accessOf(row).contains(caller.project()))
                .map(FlavorTable::read)
                .toList();
    }

    @Override
    public List<Flavor> all() {
        return rows.find("order by id").stream().map(FlavorTable::read).toList();
    }

    @Override
    public void add(Flavor flavor) {
        if (rows.count("id = ?1 or name = ?2", flavor.id(), flavor.name()) > 0) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Flavor with name " + flavor.name() + " or ID " + flavor.id() + " already exists.");
        }
        FlavorEntity row = new FlavorEntity();
        row.id = flavor.id();
        row.createdAt = clock.instant();
        row.access = "[]";
        write(row, flavor);
        rows.persist(row);
    }

    @Override
    public void save(Flavor flavor) {
        write(rows.findById(flavor.id()), flavor);
    }

    @Override
    public void remove(String id) {
        rows.deleteById(id);
    }

    @Override
    public Set<ProjectId> access(String id) {
        return rows.findByIdOptional(id).map(FlavorTable::accessOf).orElse(Set.of());
    }

    @Override
    public void setAccess(String id, Set<ProjectId> projects) {
        rows.findById(id).access =
                RowJson.write(projects.stream().map(ProjectId::value).sorted().toList());
    }

    private static Set<ProjectId> accessOf(FlavorEntity row) {
        return RowJson.readList(row.access).stream().map(ProjectId::new).collect(Collectors.toUnmodifiableSet());
    }

    private static void write(FlavorEntity row, Flavor flavor) {
        row.name = flavor.name();
        row.description = flavor.description().orElse(null);
        row.vcpus = flavor.vcpus();
        row.memoryMib = flavor.memoryMib();
        row.diskGib = flavor.diskGib();
        row.ephemeralGib = flavor.ephemeralGib();
        row.swapMib = flavor.swapMib();
        row.rxtxFactor = flavor.rxtxFactor();
        row.isPublic = flavor.visibility() == Visibility.PUBLIC;
        row.extraSpecs = RowJson.write(new TreeMap<>(flavor.extraSpecs()));
    }

    private static Flavor read(FlavorEntity row) {
        return new Flavor(
                row.id,
                row.name,
                Optional.ofNullable(row.description),
                row.vcpus,
                row.memoryMib,
                row.diskGib,
                row.ephemeralGib,
                row.swapMib,
                row.rxtxFactor,
                row.isPublic ? Visibility.PUBLIC : Visibility.PRIVATE,
                RowJson.readStrings(row.extraSpecs));
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<FlavorEntity, String> {}
}
