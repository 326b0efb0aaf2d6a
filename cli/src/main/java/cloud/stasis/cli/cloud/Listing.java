package cloud.stasis.cli.cloud;

import java.util.List;

/// What was listed, and whether there is more.
public record Listing<R>(List<R> rows, boolean hasMore) {
    public Listing {
        rows = List.copyOf(rows);
    }
}
