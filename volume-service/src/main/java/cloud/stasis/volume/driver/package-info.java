/// What a storage backend can do with volumes. A driver is one package and one nearly empty test
/// (`VolumeDriverContract`); what only some backends can do will stand in interfaces beside [VolumeDriver],
/// never in methods that throw.
@NullMarked
package cloud.stasis.volume.driver;

import org.jspecify.annotations.NullMarked;
