/// The door of the block storage API, v3: so far what listing, making and deleting volumes needs.
///
/// The project stands in the path, as old clients write it, or not, as new ones may; it must be the caller's.
@NullMarked
package cloud.stasis.gateway.http.volume;

import org.jspecify.annotations.NullMarked;
