package cloud.stasis.gateway.identity;

import java.util.List;
import java.util.Optional;

/// What operators enter into the catalogue beside this cloud's own services, as kept: services of others that live
/// next to it, so that clients find them with the same token. Every method joins the caller's transaction or is one
/// by itself. `put` is for what may be there already.
public interface Registry {
    /// @param parent the region that it lies in
    record Region(String id, String description, Optional<String> parent) {}

    record Service(String id, String type, String name, String description, Standing standing) {}

    /// @param url may hold `%(project_id)s`
    record Endpoint(
            String id,
            String serviceId,
            String interfaceName,
            Optional<String> region,
            String url,
            Standing standing) {}

    /// Only what is enabled stands in the catalogue of a token.
    enum Standing {
        ENABLED,
        DISABLED;

        public static Standing of(boolean enabled) {
            return enabled ? ENABLED : DISABLED;
        }
    }

    List<Region> regions();

    List<Service> services();

    List<Endpoint> endpoints();

    void put(Region region);

    void put(Service service);

    void put(Endpoint endpoint);

    void removeRegion(String id);

    /// And its endpoints.
    void removeService(String id);

    void removeEndpoint(String id);
}
