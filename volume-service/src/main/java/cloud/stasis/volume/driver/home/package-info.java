/// What drivers share whose volumes are directories of files: where they are, and that a volume which a machine may
/// get is a [cloud.stasis.disks.LayeredDisk].
@NullMarked
package cloud.stasis.volume.driver.home;

import org.jspecify.annotations.NullMarked;
