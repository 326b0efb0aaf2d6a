package cloud.stasis.gateway.storage;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import java.time.Instant;
import java.util.Optional;

/// What a bundle took up when the store measured it.
///
/// @param project among whose bundles `own` and `shared` were counted
/// @param own comes back to the project when the bundle is deleted
/// @param shared is held by other bundles of the project as well
/// @param sole comes back to the operator when the bundle is deleted; for nobody else
public record StoredSize(
        ProjectId project,
        ByteCount logical,
        ByteCount own,
        ByteCount shared,
        Optional<ByteCount> sole,
        Instant measuredAt) {

    StoredSize forTenants() {
        return new StoredSize(project, logical, own, shared, Optional.empty(), measuredAt);
    }
}
