package cloud.stasis.gateway.bus;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/// How often the control plane's own state is backed up.
@ConfigMapping(prefix = "stasis.state-backup")
public interface StateConfiguration {
    /// From one scheduled backup to the next; zero for none (`STASIS_STATE_BACKUP_INTERVAL`).
    @WithDefault("PT24H")
    Duration interval();

    /// So many scheduled backups are kept (`STASIS_STATE_BACKUP_KEEP`).
    @WithDefault("7")
    int keep();
}
