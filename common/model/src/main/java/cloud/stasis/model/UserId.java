package cloud.stasis.model;

/// Names one user of the identity service. Letters, digits, `.`, `_` and `-`, 1 to 64 of them: it is part of
/// topic names, paths and URLs.
public record UserId(String value) {
    public UserId {
        Names.check("user id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
