package cloud.stasis.gateway.http.identity;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// How this cloud knows its users.
@ConfigMapping(prefix = "stasis.identity")
public interface IdentityConfiguration {
    /// A Keystone that knows the users instead of this cloud.
    Optional<ExternalKeystone> keystone();

    /// The service user needs the role `service` or `admin` to validate tokens, and `admin` to register the
    /// catalogue.
    interface ExternalKeystone {
        /// With the version, such as `http://keystone:5000/v3`.
        URI url();

        /// `stasis` if not said. Nothing in this group has a default by annotation: that alone would make it present.
        Optional<String> user();

        String password();

        /// `service` if not said.
        Optional<String> project();

        /// Of both, by name; `Default` if not said.
        Optional<String> domain();

        /// Whether services and endpoints are entered into its catalogue at start; yes if not said.
        Optional<Boolean> register();

        /// How long an answer about a token is believed; 30 s if not said.
        Optional<Duration> memory();
    }

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

    /// Failed logins of one account from one address within the window before that address must wait for the window's
    /// end.
    @WithDefault("10")
    int failuresPerAccount();

    /// The same of one account from all addresses. It holds for those from which the account has not logged in lately.
    @WithDefault("50")
    int failuresPerAccountAnywhere();

    /// Failed logins from one address within the window. Many users may be behind one.
    @WithDefault("100")
    int failuresPerAddress();

    @WithDefault("PT1M")
    Duration failureWindow();
}
