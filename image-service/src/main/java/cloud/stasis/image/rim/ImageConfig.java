package cloud.stasis.image.rim;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the image service must be told.
@ConfigMapping(prefix = "stasis")
interface ImageConfig {
    /// The name of this store; commands for it arrive on `stasis.command.image.<name>`.
    @WithDefault("local")
    String storeId();

    /// Where the store lies, if there is no URL of it: a directory for nothing else, on a disk of its own if there
    /// is one.
    @WithDefault("/var/lib/stasis/store")
    Path storeDir();

    /// Where the store lies: `file:/directory` or `s3://bucket/prefix`. Several services may have one store.
    Optional<String> storeUrl();

    /// A directory for what this service alone must not forget: the journal of its commands. It needs a disk that
    /// stays. Without one it is `service` in the directory of the store, which then is of one service only.
    Optional<Path> serviceDir();

    S3 s3();

    Limit storeLimit();

    Cache storeCache();

    /// Under which agents and the gateway reach this service.
    URI imageServiceUrl();

    /// base64url of 32 bytes, the same for all services of a site.
    String capabilityKey();

    /// How often this store says that it lives.
    @WithDefault("2s")
    Duration heartbeatInterval();

    /// The key by which other sites know this one; made if it is not there. Without it: `site.key` beside the
    /// journal of this service.
    Optional<Path> siteKeyFile();

    /// Which other sites there are. Without it: `peers.properties` beside the journal of this service.
    Optional<Path> peersFile();

    /// How often it looks whether bundles came or went, and measures what they take up; zero for never.
    @WithDefault("5s")
    Duration meterInterval();

    /// From which hosts images may be fetched; none if it is left out. See [cloud.stasis.model.AllowedHosts].
    Optional<List<String>> importHosts();

    /// How long fetching one may take.
    @WithDefault("6h")
    Duration importDeadline();

    Collector collector();

    Replica replica();

    Scrub scrub();

    /// A server with buckets.
    interface S3 {
        /// Of a server that is not Amazon's.
        Optional<URI> endpoint();

        @WithDefault("us-east-1")
        String region();

        /// Without one the SDK looks where it always does: environment, profile, the machine's own role.
        Optional<String> accessKey();

        Optional<String> secretKey();
    }

    /// What the service takes of a store that others use as well.
    interface Limit {
        /// Read and written together; zero for no limit.
        @WithDefault("0")
        long bytesPerSecond();

        /// Calls under way at once.
        @WithDefault("64")
        int calls();
    }

    /// Packs of a bucket that are kept on a disk of this machine, for who reads them again.
    interface Cache {
        /// Zero for none.
        @WithDefault("2147483648")
        long bytes();
    }

    /// How services that share a store keep in touch.
    interface Replica {
        /// How often each says that it lives.
        @WithDefault("5s")
        Duration beat();

        /// After which silence the others give it up.
        @WithDefault("30s")
        Duration silence();
    }

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
