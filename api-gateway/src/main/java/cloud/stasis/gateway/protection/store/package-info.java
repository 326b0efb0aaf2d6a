/// The tables of protections.
@NullMarked
package cloud.stasis.gateway.protection.store;

import org.jspecify.annotations.NullMarked;
