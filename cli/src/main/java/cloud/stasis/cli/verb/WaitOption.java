package cloud.stasis.cli.verb;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whether a verb waits until what it asked for is done. Verbs that novaclient has too return at once unless told to
/// wait, as they always did; ours wait unless told not to.
public final class WaitOption {
    /// A first capture of a large disk over a slow link.
    private static final Duration DEFAULT_LIMIT = Duration.ofHours(2);

    @Option(
            names = {"--wait", "--poll"},
            negatable = true,
            description = "wait until it is done, and show how far it is; or do not")
    private @Nullable Boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "stop waiting after so long (90s, 10m, 2h): exit 3, and what was asked for goes on")
    private @Nullable Duration timeout;

    public boolean waits(boolean unlessSaid) {
        return wait == null ? unlessSaid : wait;
    }

    public Duration limit() {
        return timeout == null ? DEFAULT_LIMIT : timeout;
    }
}
