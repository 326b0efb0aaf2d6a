/// The frameworks: configuration, the bus, HTTP, health. Everything else in this service is plain Java and is put
/// together here.
@NullMarked
package cloud.stasis.compute.rim;

import org.jspecify.annotations.NullMarked;
