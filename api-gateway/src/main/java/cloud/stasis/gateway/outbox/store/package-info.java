/// The outbox in the database.
@NullMarked
package cloud.stasis.gateway.outbox.store;

import org.jspecify.annotations.NullMarked;
