package cloud.stasis.gateway.bus;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;

/// How the gateway reaches the workers.
@ConfigMapping(prefix = "stasis.workers")
public interface WorkersConfiguration {
    /// The image store of this deployment (`STASIS_STORE_ID`).
    @WithDefault("local")
    String storeId();

    /// Where that store takes and gives bytes, until it tells itself (`STASIS_IMAGE_SERVICE_URL`).
    @WithDefault("http://127.0.0.1:5801")
    URI storeUrl();

    /// Signs what lets workers move bytes; all services of a site share it (`STASIS_CAPABILITY_KEY`): 32 bytes,
    /// base64url.
    String capabilityKey();

    /// Silence of a worker after which it is asked again.
    @WithDefault("20S")
    Duration silence();

    /// How long to wait before a command that failed is sent again; doubled for each further failure.
    @WithDefault("1S")
    Duration firstDelay();

    /// The most that doubling leads to.
    @WithDefault("60S")
    Duration longestDelay();

    /// How late that may be.
    @WithDefault("1S")
    Duration lateness();

    /// Who makes topics that are not there.
    @WithDefault("MADE")
    Topics topics();

    enum Topics {
        /// The gateway, when it needs one.
        MADE,
        /// The operator of the Kafka cluster.
        GIVEN
    }
}
