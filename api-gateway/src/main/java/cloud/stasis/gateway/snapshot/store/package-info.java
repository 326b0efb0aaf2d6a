/// Snapshots in the database.
@NullMarked
package cloud.stasis.gateway.snapshot.store;

import org.jspecify.annotations.NullMarked;
