/// Metadata definitions: a catalogue that says which keys and tags images, volumes, flavors and servers may carry,
/// and of what type their values are. Nothing here enforces it; clients offer it to people.
///
/// A **namespace** holds **definitions** of four kinds: properties, objects (groups of properties), tags, and
/// associations with **resource types** (what the namespace is meant for, and with which prefix). Only
/// administrators change it; a private namespace is seen by the project that owns it.
///
/// Plain classes, safe on any thread; what asks the database blocks. Whoever changes a namespace or what stands in
/// it holds the lock of the namespace's row.
@NullMarked
package cloud.stasis.gateway.metadef;

import org.jspecify.annotations.NullMarked;
