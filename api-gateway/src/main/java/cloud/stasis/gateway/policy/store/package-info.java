/// Policies and their results in the database.
@NullMarked
package cloud.stasis.gateway.policy.store;

import org.jspecify.annotations.NullMarked;
