/// Tests of what is decided about protections.
@NullMarked
package cloud.stasis.gateway.protection;

import org.jspecify.annotations.NullMarked;
