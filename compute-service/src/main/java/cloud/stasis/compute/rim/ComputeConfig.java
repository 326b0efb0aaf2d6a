package cloud.stasis.compute.rim;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What the agent must be told.
@ConfigMapping(prefix = "stasis")
interface ComputeConfig {
    /// The name of this host; commands for it arrive on `stasis.command.compute.<name>`. The host's name by
    /// default.
    Optional<String> hostId();

    /// Where instances and cached contents live. A short path: sockets lie below it.
    @WithDefault("/var/lib/stasis/compute")
    Path computeDir();

    /// Where volumes live. Shared with the volume service of the same host.
    @WithDefault("/var/lib/stasis/volumes")
    Path volumeDir();

    @WithDefault("qemu:///system")
    URI libvirtUri();

    /// `auto`, `kvm` or `qemu`.
    @WithDefault("auto")
    String virtType();

    /// Under which the gateway reaches the console door of this agent.
    @WithDefault("http://127.0.0.1:5802")
    URI computeUrl();

    /// base64url of 32 bytes, the same for all services of a site.
    String capabilityKey();

    /// MiB that cached contents may occupy; what disks stand on may exceed it.
    @WithDefault("51200")
    int baseCacheMib();

    /// MiB of disk that captures and fetches leave to the guests.
    @WithDefault("1024")
    int reserveMib();

    /// How often this host says that it lives.
    @WithDefault("2s")
    Duration heartbeatInterval();
}
