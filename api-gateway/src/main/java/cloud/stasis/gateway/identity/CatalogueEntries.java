package cloud.stasis.gateway.identity;

import cloud.stasis.gateway.identity.Registry.Endpoint;
import cloud.stasis.gateway.identity.Registry.Region;
import cloud.stasis.gateway.identity.Registry.Service;
import cloud.stasis.gateway.identity.Registry.Standing;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// The catalogue as operators see and change it: what this cloud is itself, which follows from its configuration and
/// cannot be changed, and what was entered beside that.
public final class CatalogueEntries {
    private static final Set<String> INTERFACES = Set.of("public", "internal", "admin");

    private final Catalogue own;
    private final Registry registry;

    public CatalogueEntries(Catalogue own, Registry registry) {
        this.own = own;
        this.registry = registry;
    }

    public List<Region> regions() {
        return joined(Stream.of(new Region(own.region(), "", Optional.empty())), registry.regions());
    }

    public List<Service> services() {
        return joined(
                own.templates().stream()
                        .map(service ->
                                new Service(service.id(), service.type(), service.name(), "", Standing.ENABLED)),
                registry.services());
    }

    public List<Endpoint> endpoints() {
        return joined(
                own.templates().stream().flatMap(service -> service.endpoints().stream()
                        .map(endpoint -> new Endpoint(
                                endpoint.id(),
                                service.id(),
                                endpoint.interfaceName(),
                                Optional.of(endpoint.region()),
                                endpoint.url(),
                                Standing.ENABLED))),
                registry.endpoints());
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public Region region(String id) {
        return one(regions(), Region::id, id, "region");
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public Service service(String id) {
        return one(services(), Service::id, id, "service");
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public Endpoint endpoint(String id) {
        return one(endpoints(), Endpoint::id, id, "endpoint");
    }

    /// @throws StasisException `NAME_TAKEN`, `OBJECT_NOT_FOUND` for its parent, `QUOTA_EXCEEDED`
    public void add(Region region) {
        if (regions().stream().anyMatch(other -> other.id().equals(region.id()))) {
            throw new StasisException(ErrorCode.NAME_TAKEN, "There is a region of that id already.");
        }
        requireRoom(registry.regions());
        change(region);
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` for its parent, `INVALID_REQUEST` if it would lie in itself
    public void change(Region region) {
        requireEntered(region.id().equals(own.region()), "region");
        Optional<String> above = region.parent();
        while (above.isPresent()) {
            if (above.get().equals(region.id())) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "A region cannot lie in itself.");
            }
            above = region(above.get()).parent();
        }
        registry.put(region);
    }

    /// @throws StasisException `ACCESS_DENIED` if something is there
    public void removeRegion(String id) {
        region(id);
        requireEntered(id.equals(own.region()), "region");
        boolean used = regions().stream().anyMatch(region -> region.parent().equals(Optional.of(id)))
                || endpoints().stream().anyMatch(endpoint -> endpoint.region().equals(Optional.of(id)));
        if (used) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "The region has regions or endpoints: remove those before it.");
        }
        registry.removeRegion(id);
    }

    /// @throws StasisException `QUOTA_EXCEEDED`
    public void add(Service service) {
        requireRoom(registry.services());
        registry.put(service);
    }

    public void change(Service service) {
        requireEntered(isOwn(service.id()), "service");
        registry.put(service);
    }

    public void removeService(String id) {
        service(id);
        requireEntered(isOwn(id), "service");
        registry.removeService(id);
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` for its service or region, `QUOTA_EXCEEDED`
    public void add(Endpoint endpoint) {
        requireRoom(registry.endpoints());
        put(endpoint);
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` for its service or region
    public void change(Endpoint endpoint) {
        requireEntered(isOwnEndpoint(endpoint.id()), "endpoint");
        put(endpoint);
    }

    public void removeEndpoint(String id) {
        endpoint(id);
        requireEntered(isOwnEndpoint(id), "endpoint");
        registry.removeEndpoint(id);
    }

    private void put(Endpoint endpoint) {
        if (!INTERFACES.contains(endpoint.interfaceName())) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "interface must be public, internal or admin.");
        }
        service(endpoint.serviceId());
        endpoint.region().ifPresent(this::region);
        registry.put(endpoint);
    }

    private boolean isOwn(String service) {
        return own.templates().stream().anyMatch(mine -> mine.id().equals(service));
    }

    private boolean isOwnEndpoint(String id) {
        return own.templates().stream()
                .flatMap(service -> service.endpoints().stream())
                .anyMatch(mine -> mine.id().equals(id));
    }

    private static void requireEntered(boolean own, String what) {
        if (own) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED,
                    "This " + what + " follows from the configuration of the cloud and cannot be changed.");
        }
    }

    private static void requireRoom(Collection<?> entered) {
        if (entered.size() >= IdentityLimits.CATALOGUE) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED, "The catalogue takes at most " + IdentityLimits.CATALOGUE + " of these.");
        }
    }

    private static <T> List<T> joined(Stream<T> own, List<T> entered) {
        return Stream.concat(own, entered.stream()).toList();
    }

    private static <T> T one(List<T> all, Function<T, String> id, String wanted, String what) {
        return all.stream()
                .filter(each -> id.apply(each).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find " + what + "."));
    }
}
