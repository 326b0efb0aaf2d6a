@NullMarked
package cloud.stasis.gateway.state;

import org.jspecify.annotations.NullMarked;
