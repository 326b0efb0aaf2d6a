/// Puts the plain classes of the gateway's heart together and runs its threads. Nothing is decided here.
@NullMarked
package cloud.stasis.gateway.wiring;

import org.jspecify.annotations.NullMarked;
