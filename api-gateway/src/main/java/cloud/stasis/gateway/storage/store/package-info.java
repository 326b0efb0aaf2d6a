/// Sizes in the database.
@NullMarked
package cloud.stasis.gateway.storage.store;

import org.jspecify.annotations.NullMarked;
