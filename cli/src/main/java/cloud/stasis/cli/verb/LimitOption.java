package cloud.stasis.cli.verb;

import cloud.stasis.cli.cloud.RowLimit;
import picocli.CommandLine.Option;

/// How many rows a list shows.
public final class LimitOption {
    @Option(names = "--limit", paramLabel = "ROWS", description = "show at most so many; 'all' for every one (1000)")
    private RowLimit limit = RowLimit.DEFAULT;

    public RowLimit limit() {
        return limit;
    }
}
