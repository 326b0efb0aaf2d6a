package cloud.stasis.gateway.fleet.store;

import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.saga.RowJson;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.LooseFile;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StoreId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// The tables `host`, `storage_backend` and `image_store`. When a worker was last seen is told by our clock, not
/// by its.
@ApplicationScoped
class FleetTable implements Fleet {
    private final HostRows hosts;
    private final BackendRows backends;
    private final StoreRows stores;
    private final Clock clock;

    FleetTable(HostRows hosts, BackendRows backends, StoreRows stores, Clock clock) {
        this.hosts = hosts;
        this.backends = backends;
        this.stores = stores;
        this.clock = clock;
    }

    @Override
    public void heard(Heartbeat heartbeat) {
        switch (heartbeat) {
            case Heartbeat.Host host -> heard(host);
            case Heartbeat.Backend backend -> heard(backend);
            case Heartbeat.Store store -> heard(store);
        }
    }

    @Override
    public Optional<Host> find(HostId host) {
        return hosts.findByIdOptional(host.value()).map(FleetTable::read);
    }

    @Override
    public List<Host> hosts() {
        return hosts.find("order by id").stream().map(FleetTable::read).toList();
    }

    @Override
    public List<Host> lockHosts() {
        return hosts.find("order by id").withLock(LockModeType.PESSIMISTIC_WRITE).stream()
                .map(FleetTable::read)
                .toList();
    }

    @Override
    public void declare(HostId host, Host.Service service) {
        hosts.getEntityManager()
                .createNativeQuery(
                        "update host set takes_servers = ?1, disabled_reason = ?2, forced_down = ?3 where id = ?4")
                .setParameter(1, service.takesServers())
                .setParameter(2, service.reason().orElse(null))
                .setParameter(3, service.forcedDown())
                .setParameter(4, host.value())
                .executeUpdate();
    }

    @Override
    public void forget(HostId host) {
        hosts.deleteById(host.value());
    }

    @Override
    public List<Backend> backends() {
        return backends.find("order by id").stream()
                .map(row -> new Backend(
                        new BackendId(row.id),
                        row.name,
                        new ByteCount(row.totalBytes),
                        new ByteCount(row.freeBytes),
                        List.of(RowJson.read(row.loose, LooseFile[].class)),
                        row.lastSeen))
                .toList();
    }

    @Override
    public Optional<URI> dataOf(StoreId store) {
        return stores.findByIdOptional(store.value()).map(row -> URI.create(row.dataUrl));
    }

    private void heard(Heartbeat.Host host) {
        HostEntity row = hosts.findByIdOptional(host.host().value()).orElseGet(() -> {
            HostEntity fresh = new HostEntity();
            fresh.id = host.host().value();
            fresh.firstSeen = clock.instant();
            return fresh;
        });
        row.dataUrl = host.data().toString();
        row.hypervisor = host.hypervisor();
        row.virtType = host.virtType();
        row.vcpus = host.vcpus();
        row.memoryBytes = host.memory().bytes();
        row.diskTotalBytes = host.diskTotal().bytes();
        row.diskFreeBytes = host.diskFree().bytes();
        row.captures = host.captures().map(CaptureStrategy::name).orElse(null);
        row.cpu = host.cpu().map(RowJson::write).orElse(null);
        row.lastSeen = clock.instant();
        hosts.persist(row);
    }

    private void heard(Heartbeat.Backend backend) {
        BackendEntity row = backends.findByIdOptional(backend.backend().value()).orElseGet(BackendEntity::new);
        row.id = backend.backend().value();
        row.totalBytes = backend.total().bytes();
        row.freeBytes = backend.free().bytes();
        row.name = backend.name().orElse(Backend.STANDARD_NAME);
        row.loose = RowJson.write(backend.loose().orElse(List.of()));
        row.lastSeen = clock.instant();
        backends.persist(row);
    }

    private void heard(Heartbeat.Store store) {
        StoreEntity row = stores.findByIdOptional(store.store().value()).orElseGet(StoreEntity::new);
        row.id = store.store().value();
        row.dataUrl = store.data().toString();
        row.freeBytes = store.free().bytes();
        row.lastSeen = clock.instant();
        stores.persist(row);
    }

    private static Host read(HostEntity row) {
        return new Host(
                new HostId(row.id),
                URI.create(row.dataUrl),
                row.hypervisor,
                row.virtType,
                row.vcpus,
                new ByteCount(row.memoryBytes),
                new ByteCount(row.diskTotalBytes),
                new ByteCount(row.diskFreeBytes),
                Optional.ofNullable(row.captures).map(CaptureStrategy::valueOf),
                Optional.ofNullable(row.cpu).map(cpu -> RowJson.read(cpu, Cpu.class)),
                new Host.Service(row.takesServers, Optional.ofNullable(row.disabledReason), row.forcedDown),
                row.firstSeen,
                row.lastSeen);
    }

    @ApplicationScoped
    static class HostRows implements PanacheRepositoryBase<HostEntity, String> {}

    @ApplicationScoped
    static class BackendRows implements PanacheRepositoryBase<BackendEntity, String> {}

    @ApplicationScoped
    static class StoreRows implements PanacheRepositoryBase<StoreEntity, String> {}
}
