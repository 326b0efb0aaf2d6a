package cloud.stasis.gateway.identity.store;

import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Registry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.query.MutationQuery;
import org.jspecify.annotations.Nullable;

/// The tables `identity_region`, `identity_service` and `identity_endpoint`: few rows that are always read whole, so
/// plain SQL.
@ApplicationScoped
@Transactional
class RegistryTables implements Registry {
    private final Session entities;
    private final Event<IdentityChanged> changed;

    RegistryTables(Session entities, Event<IdentityChanged> changed) {
        this.entities = entities;
        this.changed = changed;
    }

    @Override
    public List<Region> regions() {
        return rows(
                "select id, description, parent_id from identity_region order by id",
                row -> new Region(text(row[0]), text(row[1]), optional(row[2])));
    }

    @Override
    public List<Service> services() {
        return rows(
                "select id, type, name, description, enabled from identity_service order by id",
                row -> new Service(text(row[0]), text(row[1]), text(row[2]), text(row[3]), standing(row[4])));
    }

    @Override
    public List<Endpoint> endpoints() {
        return rows(
                "select id, service_id, access, region_id, url, enabled from identity_endpoint order by id",
                row -> new Endpoint(
                        text(row[0]), text(row[1]), text(row[2]), optional(row[3]), text(row[4]), standing(row[5])));
    }

    @Override
    public void put(Region region) {
        write("""
                insert into identity_region (id, description, parent_id) values (:id, :description, :parent)
                on duplicate key update description = :description, parent_id = :parent
                """, Map.of("id", region.id(), "description", region.description()), Map.of("parent", region.parent()));
    }

    @Override
    public void put(Service service) {
        write(
                """
                insert into identity_service (id, type, name, description, enabled)
                values (:id, :type, :name, :description, :enabled)
                on duplicate key update type = :type, name = :name, description = :description, enabled = :enabled
                """,
                Map.of(
                        "id",
                        service.id(),
                        "type",
                        service.type(),
                        "name",
                        service.name(),
                        "description",
                        service.description(),
                        "enabled",
                        service.standing() == Standing.ENABLED),
                Map.of());
    }

    @Override
    public void put(Endpoint endpoint) {
        write(
                """
                insert into identity_endpoint (id, service_id, access, region_id, url, enabled)
                values (:id, :service, :access, :region, :url, :enabled)
                on duplicate key update service_id = :service, access = :access, region_id = :region, url = :url,
                    enabled = :enabled
                """,
                Map.of(
                        "id",
                        endpoint.id(),
                        "service",
                        endpoint.serviceId(),
                        "access",
                        endpoint.interfaceName(),
                        "url",
                        endpoint.url(),
                        "enabled",
                        endpoint.standing() == Standing.ENABLED),
                Map.of("region", endpoint.region()));
    }

    @Override
    public void removeRegion(String id) {
        write("delete from identity_region where id = :id", Map.of("id", id), Map.of());
    }

    @Override
    public void removeService(String id) {
        write("delete from identity_endpoint where service_id = :id", Map.of("id", id), Map.of());
        write("delete from identity_service where id = :id", Map.of("id", id), Map.of());
    }

    @Override
    public void removeEndpoint(String id) {
        write("delete from identity_endpoint where id = :id", Map.of("id", id), Map.of());
    }

    private <T> List<T> rows(String query, Function<@Nullable Object[], T> read) {
        return entities.createNativeQuery(query, Object[].class)
                .setMaxResults(IdentityLimits.LIST)
                .getResultStream()
                .map(read)
                .toList();
    }

    private void write(String statement, Map<String, Object> values, Map<String, Optional<String>> optional) {
        MutationQuery query = entities.createNativeMutationQuery(statement);
        values.forEach(query::setParameter);
        optional.forEach((name, value) -> query.setParameter(name, value.orElse(null), String.class));
        query.executeUpdate();
        changed.fire(new IdentityChanged());
    }

    private static String text(@Nullable Object column) {
        return String.valueOf(column);
    }

    private static Optional<String> optional(@Nullable Object column) {
        return Optional.ofNullable(column).map(String::valueOf);
    }

    private static Standing standing(@Nullable Object column) {
        return Standing.of(Boolean.TRUE.equals(column) || column instanceof Number number && number.intValue() != 0);
    }
}
