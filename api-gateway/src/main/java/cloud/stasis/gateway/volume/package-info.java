/// Volumes: block devices that outlive servers. Thin so far: blank ones are made, given to a server when it is
/// made, and deleted.
///
/// A [cloud.stasis.gateway.volume.Volume] is one row; the saga that its state names is the only one that changes
/// it. Nothing here knows servers but by id.
@NullMarked
package cloud.stasis.gateway.volume;

import org.jspecify.annotations.NullMarked;
