/// Commands for volumes, translated to calls of the driver. One command of a volume at a time.
@NullMarked
package cloud.stasis.volume.inbox;

import org.jspecify.annotations.NullMarked;
