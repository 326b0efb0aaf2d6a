/// Servers, flavors and key pairs in the database.
@NullMarked
package cloud.stasis.gateway.compute.store;

import org.jspecify.annotations.NullMarked;
