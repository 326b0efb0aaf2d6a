/// Objects as files in a directory, as `docs/design/store-format.md` has them.
///
/// Every file is written under `temporary`, synced, renamed to its place, and the folder of its place is
/// synced. So after a crash at any line a file is there whole or not at all, and what lies in `temporary` is
/// nobody's: it is removed at start. One service at a time, kept by a lock on a file, which a dead process
/// cannot hold.
@NullMarked
package cloud.stasis.image.blob.local;

import org.jspecify.annotations.NullMarked;
