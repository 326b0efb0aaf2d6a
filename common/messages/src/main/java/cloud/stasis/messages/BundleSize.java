package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import java.util.Optional;

/// What a bundle takes up in its store, in bytes as they are stored.
///
/// @param project that the store believes it belongs to, and among whose bundles `own` and `shared` were counted
/// @param logical all its parts, as a guest sees them
/// @param own what no other bundle of the project holds: what its deletion gives back to the project
/// @param shared what another bundle of the project holds as well
/// @param sole what no other bundle of the whole store holds: what its deletion gives back to the operator. It tells
///     what others have, so it is nothing for tenants.
public record BundleSize(
        ReferenceName reference,
        Optional<ProjectId> project,
        ByteCount logical,
        ByteCount own,
        ByteCount shared,
        ByteCount sole) {}
