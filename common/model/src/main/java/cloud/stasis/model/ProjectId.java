package cloud.stasis.model;

/// Names one project (tenant) of the identity service. Letters, digits, `.`, `_` and `-`, 1 to 64 of them: it
/// is part of topic names, paths and URLs.
public record ProjectId(String value) {
    public ProjectId {
        Names.check("project id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
