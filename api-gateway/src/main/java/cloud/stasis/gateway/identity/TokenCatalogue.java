package cloud.stasis.gateway.identity;

import cloud.stasis.gateway.identity.Registry.Standing;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The catalogue that the holder of a token gets: this cloud's own services, and what is enabled of those that
/// operators entered. The latter is remembered as long as tokens are ([Tokens#REMEMBERED]).
public final class TokenCatalogue {
    private final Catalogue own;
    private final Registry registry;
    private final Clock clock;
    private volatile @Nullable Remembered remembered;

    public TokenCatalogue(Catalogue own, Registry registry, Clock clock) {
        this.own = own;
        this.registry = registry;
        this.clock = clock;
    }

    private record Remembered(List<Catalogue.Service> entered, Instant until) {}

    /// Nothing for an unscoped token; what has a project in its address only for a token of a project.
    public List<Catalogue.Service> of(Scope scope) {
        if (scope instanceof Scope.Unscoped) {
            return List.of();
        }
        Optional<String> project =
                scope instanceof Scope.Project within ? Optional.of(within.id().value()) : Optional.empty();
        Map<String, Catalogue.Service> services = new LinkedHashMap<>();
        own.of(scope).forEach(service -> services.put(service.id(), service));
        for (Catalogue.Service service : entered()) {
            List<Catalogue.Endpoint> reachable = service.endpoints().stream()
                    .flatMap(endpoint -> endpoint.of(project).stream())
                    .toList();
            if (!reachable.isEmpty()) {
                services.merge(service.id(), service.with(reachable), (mine, _) -> mine.and(reachable));
            }
        }
        return List.copyOf(services.values());
    }

    /// To be called after any change has committed.
    public void forget() {
        remembered = null;
    }

    private List<Catalogue.Service> entered() {
        Remembered known = remembered;
        if (known == null || !clock.instant().isBefore(known.until())) {
            known = new Remembered(read(), clock.instant().plus(Tokens.REMEMBERED));
            remembered = known;
        }
        return known.entered();
    }

    /// Also services of this cloud, with what was entered for them on top: such as their endpoints in other regions.
    private List<Catalogue.Service> read() {
        List<Registry.Endpoint> endpoints = registry.endpoints();
        if (endpoints.isEmpty()) {
            return List.of();
        }
        return new CatalogueEntries(own, registry)
                .services().stream()
                        .filter(service -> service.standing() == Standing.ENABLED)
                        .map(service -> new Catalogue.Service(
                                service.id(),
                                service.type(),
                                service.name(),
                                endpoints.stream()
                                        .filter(endpoint -> endpoint.standing() == Standing.ENABLED
                                                && endpoint.serviceId().equals(service.id()))
                                        .map(endpoint -> new Catalogue.Endpoint(
                                                endpoint.id(),
                                                endpoint.interfaceName(),
                                                endpoint.region().orElse(""),
                                                endpoint.url()))
                                        .toList()))
                        .toList();
    }
}
