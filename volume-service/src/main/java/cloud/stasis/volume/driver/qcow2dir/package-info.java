/// Volumes as directories of qcow2 layers below one directory, local or shared.
@NullMarked
package cloud.stasis.volume.driver.qcow2dir;

import org.jspecify.annotations.NullMarked;
