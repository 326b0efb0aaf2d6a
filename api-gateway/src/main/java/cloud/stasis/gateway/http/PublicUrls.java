package cloud.stasis.gateway.http;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/// Links as clients can follow them: by the address that the operator gave out, not the one that this process
/// listens on.
@ApplicationScoped
public class PublicUrls {
    private final String base;
    private final Optional<String> keystone;

    PublicUrls(
            @ConfigProperty(name = "stasis.public-url") String base,
            @ConfigProperty(name = "stasis.identity.keystone.url") Optional<String> keystone) {
        this.keystone = keystone;
        this.base = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    /// @param path begins with a slash
    public String of(String path) {
        return base + path;
    }

    /// Where clients authenticate.
    public String identity() {
        return keystone.orElseGet(() -> of(Api.IDENTITY.prefix()));
    }
}
