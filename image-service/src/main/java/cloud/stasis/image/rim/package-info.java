/// Quarkus around the image service: configuration, start, heartbeats, health.
@NullMarked
package cloud.stasis.image.rim;

import org.jspecify.annotations.NullMarked;
