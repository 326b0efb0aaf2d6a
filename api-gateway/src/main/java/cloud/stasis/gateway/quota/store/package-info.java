/// Limits in the database.
@NullMarked
package cloud.stasis.gateway.quota.store;

import org.jspecify.annotations.NullMarked;
