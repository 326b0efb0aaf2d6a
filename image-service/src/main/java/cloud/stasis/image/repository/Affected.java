package cloud.stasis.image.repository;

import cloud.stasis.model.ReferenceName;

/// A bundle that cannot be read whole.
///
/// @param part which part of it, as in its manifest; "manifest" if that is what is missing
/// @param missing how many blobs of it are missing or damaged; below a missing node nothing can be counted
public record Affected(ReferenceName bundle, String part, long missing) {}
