package cloud.stasis.volume.rim;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/// What the volume service must be told.
@ConfigMapping(prefix = "stasis")
interface VolumeConfig {
    /// The name of this backend; commands for it arrive on `stasis.command.volume.<name>`.
    @WithDefault("local")
    String backendId();

    /// What types of volumes call it, as their `volume_backend_name`.
    @WithDefault("stasis")
    String backendName();

    /// Where volumes live. Shared with the compute agent of the same host.
    @WithDefault("/var/lib/stasis/volumes")
    Path volumeDir();

    /// How volumes are kept: `qcow2dir` anywhere, `reflink` on XFS or btrfs. Never changed once there are volumes.
    @WithDefault("qcow2dir")
    String volumeDriver();

    /// How often this backend says that it lives.
    @WithDefault("2s")
    Duration heartbeatInterval();
}
