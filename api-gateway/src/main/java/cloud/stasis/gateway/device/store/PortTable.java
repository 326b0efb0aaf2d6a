package cloud.stasis.gateway.device.store;

import cloud.stasis.gateway.device.Port;
import cloud.stasis.gateway.device.Ports;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.SagaId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// The tables `port` and `network_lock`.
@ApplicationScoped
class PortTable implements Ports {
    private final Rows rows;

    PortTable(Rows rows) {
        this.rows = rows;
    }

    @Override
    public List<Port> of(InstanceId instance) {
        return rows.find("instanceId = ?1 order by createdAt, id", instance.value()).stream()
                .map(PortTable::read)
                .toList();
    }

    @Override
    public void lock(NetworkId network) {
        rows.getEntityManager()
                .createNativeQuery("insert into network_lock (network_id) values (?1)"
                        + " on duplicate key update network_id = network_id")
                .setParameter(1, network.value().toString())
                .executeUpdate();
        rows.getEntityManager()
                .createNativeQuery("delete port from port left join instance on instance.id = port.instance_id"
                        + " where port.network_id = ?1 and (instance.id is null or instance.deleted_at is not null)")
                .setParameter(1, network.value().toString())
                .executeUpdate();
    }

    @Override
    public Set<String> taken(NetworkId network) {
        return rows.find("networkId = ?1 and address is not null", network.value()).stream()
                .flatMap(row -> Optional.ofNullable(row.address).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void add(Port port) {
        PortEntity row = new PortEntity();
        row.id = port.id().value();
        row.instanceId = port.instance().value();
        row.networkId = port.network().value();
        row.mac = port.mac().value();
        row.address = port.address().orElse(null);
        row.sagaId = port.worker().map(SagaId::value).orElse(null);
        row.createdAt = port.createdAt();
        rows.persist(row);
        rows.flush();
    }

    @Override
    public void save(Port port) {
        rows.findByIdOptional(port.id().value())
                .ifPresent(row -> row.sagaId = port.worker().map(SagaId::value).orElse(null));
    }

    @Override
    public void remove(PortId port) {
        rows.deleteById(port.value());
        // Before anything else gets its address.
        rows.flush();
    }

    private static Port read(PortEntity row) {
        return new Port(
                new PortId(row.id),
                new InstanceId(row.instanceId),
                new NetworkId(row.networkId),
                new MacAddress(row.mac),
                Optional.ofNullable(row.address),
                Optional.ofNullable(row.sagaId).map(SagaId::new),
                row.createdAt);
    }

    @ApplicationScoped
    static class Rows implements PanacheRepositoryBase<PortEntity, UUID> {}
}
