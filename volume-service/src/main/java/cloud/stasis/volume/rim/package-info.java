/// Quarkus around the volume service: configuration, start, heartbeats, health.
@NullMarked
package cloud.stasis.volume.rim;

import org.jspecify.annotations.NullMarked;
