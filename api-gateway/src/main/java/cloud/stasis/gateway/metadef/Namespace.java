package cloud.stasis.gateway.metadef;

import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.model.ProjectId;
import java.time.Instant;
import java.util.Optional;

/// A part of the catalogue. Its visibility is public or private.
public record Namespace(Id id, Details details, Instant createdAt, Instant updatedAt) {
    /// What stands in the row before it has one.
    public static final Id NEW = new Id(0);

    /// The row; clients know the name only, which may change.
    public record Id(long value) {}

    /// What administrators decide.
    public record Details(
            MetadefName name, Label label, Visibility visibility, Protection protection, ProjectId owner) {}

    public record Label(Optional<String> displayName, Optional<String> description) {}

    /// Whether it, and what stands in it, can be deleted.
    public enum Protection {
        OPEN,
        PROTECTED
    }

    public MetadefName name() {
        return details.name();
    }

    public boolean isProtected() {
        return details.protection() == Protection.PROTECTED;
    }
}
