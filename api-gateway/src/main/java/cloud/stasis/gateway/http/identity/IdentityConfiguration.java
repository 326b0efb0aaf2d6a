package cloud.stasis.gateway.http.identity;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/// How this cloud knows its users.
@ConfigMapping(prefix = "stasis.identity")
public interface IdentityConfiguration {
    /// Of the user `admin` that the first start makes. Later starts do not read it.
    Optional<String> adminPassword();

    /// What tokens are signed with: base64url of at least 32 bytes, the same on every gateway of the site.
    String tokenKey();

    /// How long a token is valid.
    @WithDefault("PT1H")
    Duration tokenLifetime();

    /// The region that the service catalogue names.
    @WithDefault("RegionOne")
    String region();

    /// Work per password hash as a power of two. 10 takes about a tenth of a second.
    @WithDefault("10")
    int passwordCost();

    /// Failed logins of one account within the window before it must wait for the window's end.
    @WithDefault("10")
    int failuresPerAccount();

    /// Failed logins from one address within the window. Many users may be behind one.
    @WithDefault("100")
    int failuresPerAddress();

    @WithDefault("PT1M")
    Duration failureWindow();
}
