/// The tables of ports.
@NullMarked
package cloud.stasis.gateway.device.store;

import org.jspecify.annotations.NullMarked;
