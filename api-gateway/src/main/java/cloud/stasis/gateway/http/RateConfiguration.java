package cloud.stasis.gateway.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/// How often one user may call, in one project.
@ConfigMapping(prefix = "stasis.rate")
public interface RateConfiguration {
    /// Requests per second, on average. Not limited if not said: a cloud of one's own needs none.
    OptionalInt requestsPerSecond();

    /// Requests at once, after a pause.
    @WithDefault("200")
    int burst();
}
