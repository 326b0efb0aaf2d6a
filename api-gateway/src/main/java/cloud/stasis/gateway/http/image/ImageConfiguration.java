package cloud.stasis.gateway.http.image;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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

    /// From which hosts images may be imported; none if it is left out. The image service,
    /// which goes there, has to be told the same. See [cloud.stasis.model.AllowedHosts].
    Optional<List<String>> importHosts();

    /// The largest file that is imported from a host; it counts as that large while it comes.
    @WithDefault("64G")
    MemorySize maxImport();

    /// Whether servers go on from memory that came with an uploaded archive. It holds the state of devices, which the
    /// hypervisor of a host reads, and whoever uploaded it may have written it.
    @WithDefault("true")
    boolean importMemory();

    /// An upload or download in which nothing moves for so long is broken off.
    @WithDefault("PT2M")
    Duration stall();
}
