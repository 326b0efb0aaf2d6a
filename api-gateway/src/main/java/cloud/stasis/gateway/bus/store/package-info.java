/// Taken messages in the database.
@NullMarked
package cloud.stasis.gateway.bus.store;

import org.jspecify.annotations.NullMarked;
