/// The disk that is in a file of a tenant, as content of its own: what readers of all formats have in common.
///
/// Threads: an image is read by one thread, from its beginning to its end.
@NullMarked
package cloud.stasis.image.disk;

import org.jspecify.annotations.NullMarked;
