package cloud.stasis.image.rim;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/// What the image service must be told.
@ConfigMapping(prefix = "stasis")
interface ImageConfig {
    /// The name of this store; commands for it arrive on `stasis.command.image.<name>`.
    @WithDefault("local")
    String storeId();

    /// Where the store lies: a directory for nothing else, on a disk of its own if there is one.
    @WithDefault("/var/lib/stasis/store")
    Path storeDir();

    /// Under which agents and the gateway reach this service.
    URI imageServiceUrl();

    /// base64url of 32 bytes, the same for all services of a site.
    String capabilityKey();

    /// How often this store says that it lives.
    @WithDefault("2s")
    Duration heartbeatInterval();

    Collector collector();

    Scrub scrub();

    /// What finds rot.
    interface Scrub {
        /// How often everything is read; zero for never.
        @WithDefault("7d")
        Duration interval();

        /// How many bytes a second it reads at most.
        @WithDefault("67108864")
        long bytesPerSecond();
    }

    /// What gives the space of dropped bundles back.
    interface Collector {
        /// How often; zero for never.
        @WithDefault("15m")
        Duration interval();

        /// For how long what nothing names stays, for those who still read it.
        @WithDefault("1h")
        Duration keep();

        /// How long a writer may be silent before what it wrote counts as given up. Covers the time from the
        /// last byte of a capture to its seal.
        @WithDefault("6h")
        Duration silence();
    }
}
