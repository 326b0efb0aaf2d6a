package cloud.stasis.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The services of this cloud and where they are. All of them are behind the one gateway, so the catalogue follows
/// from its address and is kept nowhere. What operators enter beside them: [Registry].
public final class Catalogue {
    private static final Pattern PROJECT = Pattern.compile("[%$]\\((?:project|tenant)_id\\)s");

    private final String publicUrl;
    private final String region;

    /// @param publicUrl without a slash at its end
    public Catalogue(String publicUrl, String region) {
        this.publicUrl = publicUrl;
        this.region = region;
    }

    public String region() {
        return region;
    }

    public record Service(String id, String type, String name, List<Endpoint> endpoints) {
        public Service {
            endpoints = List.copyOf(endpoints);
        }

        Service with(List<Endpoint> others) {
            return new Service(id, type, name, others);
        }

        Service and(List<Endpoint> more) {
            return with(Stream.concat(endpoints.stream(), more.stream()).toList());
        }
    }

    public record Endpoint(String id, String interfaceName, String region, String url) {
        /// With the project in its address, where one belongs there; without a project there is no such address.
        Optional<Endpoint> of(Optional<String> project) {
            return PROJECT.matcher(url).find()
                    ? project.map(id -> PROJECT.matcher(url).replaceAll(Matcher.quoteReplacement(id)))
                            .map(address -> new Endpoint(this.id, interfaceName, region, address))
                    : Optional.of(this);
        }
    }

    /// The services that the holder of a token can reach. Nothing for an unscoped one; volumes only with a project,
    /// because their path names it.
    public List<Service> of(Scope scope) {
        return switch (scope) {
            case Scope.Unscoped _ -> List.of();
            case Scope.Project project -> services(project.id().value());
            case Scope.Domain _, Scope.System _ ->
                services("").stream()
                        .filter(service -> service.endpoints().stream()
                                .noneMatch(endpoint -> endpoint.url().endsWith("/")))
                        .toList();
        };
    }

    /// All of them, with `%(project_id)s` where a project id belongs.
    public List<Service> templates() {
        return services("%(project_id)s");
    }

    private List<Service> services(String project) {
        return List.of(
                service("identity", "stasis-identity", "/identity/v3"),
                service("compute", "stasis-compute", "/compute/v2.1"),
                service("volumev3", "stasis-volume", "/volume/v3/" + project),
                service("block-storage", "stasis-block-storage", "/volume/v3/" + project),
                service("image", "stasis-image", "/image"),
                service("snapshot", "stasis-snapshot", "/snapshot/v1"));
    }

    private Service service(String type, String name, String path) {
        List<Endpoint> endpoints = List.of("public", "internal", "admin").stream()
                .map(access -> new Endpoint(id(type + "/" + access), access, region, publicUrl + path))
                .toList();
        return new Service(id(type), type, name, endpoints);
    }

    /// The same on every gateway and after every restart.
    private static String id(String name) {
        return UUID.nameUUIDFromBytes(("stasis/" + name).getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
