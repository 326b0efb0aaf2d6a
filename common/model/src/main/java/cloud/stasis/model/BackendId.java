package cloud.stasis.model;

/// Names one storage backend of volumes. Letters, digits, `.`, `_` and `-`, 1 to 64 of them: it is part of
/// topic names, paths and URLs.
public record BackendId(String value) {
    public BackendId {
        Names.check("backend id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
