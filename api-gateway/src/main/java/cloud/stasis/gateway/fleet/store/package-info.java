/// Workers in the database.
@NullMarked
package cloud.stasis.gateway.fleet.store;

import org.jspecify.annotations.NullMarked;
