/// A tenant's image on its way out: the file that was uploaded, byte for byte, or one that is made up as it is
/// read.
///
/// Threads: the files may be read by several threads at once.
@NullMarked
package cloud.stasis.image.download;

import org.jspecify.annotations.NullMarked;
