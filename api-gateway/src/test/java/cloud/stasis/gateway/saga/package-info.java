/// Tests of the saga engine.
@NullMarked
package cloud.stasis.gateway.saga;

import org.jspecify.annotations.NullMarked;
