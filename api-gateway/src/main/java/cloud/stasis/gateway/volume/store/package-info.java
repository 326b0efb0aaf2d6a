/// Volumes in the database.
@NullMarked
package cloud.stasis.gateway.volume.store;

import org.jspecify.annotations.NullMarked;
