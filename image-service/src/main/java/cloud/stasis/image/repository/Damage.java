package cloud.stasis.image.repository;

/// One thing in a store that is not what it should be.
///
/// @param object what: a pack, a manifest, a reference
/// @param what is wrong with it
public record Damage(String object, String what) {}
