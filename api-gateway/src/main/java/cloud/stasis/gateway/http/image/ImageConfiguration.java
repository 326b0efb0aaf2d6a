package cloud.stasis.gateway.http.image;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;

/// Where the bytes of images are.
@ConfigMapping(prefix = "stasis.image")
public interface ImageConfiguration {
    /// The image service that keeps this deployment's images.
    URI serviceUrl();

    /// What capabilities for it are signed with: base64url of 32 bytes, the same for all services of the site.
    String capabilityKey();

    /// The largest file that can be uploaded.
    @WithDefault("1024G")
    MemorySize maxFile();

    /// An upload or download in which nothing moves for so long is broken off.
    @WithDefault("PT2M")
    Duration stall();
}
