package cloud.stasis.model;

/// Names one image store. Letters, digits, `.`, `_` and `-`, 1 to 64 of them: it is part of topic names, paths
/// and URLs.
public record StoreId(String value) {
    public StoreId {
        Names.check("store id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
