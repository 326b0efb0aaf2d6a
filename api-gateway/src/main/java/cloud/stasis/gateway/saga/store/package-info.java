/// Sagas in the database, and its transactions.
@NullMarked
package cloud.stasis.gateway.saga.store;

import org.jspecify.annotations.NullMarked;
