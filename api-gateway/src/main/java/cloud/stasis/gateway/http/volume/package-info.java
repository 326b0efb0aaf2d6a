/// The door of the block storage API, v3. Lists of volumes and of their snapshots are queries (`ListingParams`), all
/// others are cut from a shelf (`ShelfPage`).
///
/// The project stands in the path, as old clients write it, or not, as new ones may; it must be the caller's.
@NullMarked
package cloud.stasis.gateway.http.volume;

import org.jspecify.annotations.NullMarked;
