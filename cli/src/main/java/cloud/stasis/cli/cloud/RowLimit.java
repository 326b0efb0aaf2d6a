package cloud.stasis.cli.cloud;

/// How many rows a list shows at most.
public record RowLimit(long rows) {
    /// More than a person reads, and one request.
    public static final RowLimit DEFAULT = new RowLimit(1000);
    public static final RowLimit NONE = new RowLimit(Long.MAX_VALUE);
}
