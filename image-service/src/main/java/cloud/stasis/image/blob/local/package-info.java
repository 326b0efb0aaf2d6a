/// Objects and notes as files in a directory, as `docs/design/store-format.md` has them.
///
/// Every file is written under `temporary`, synced, renamed to its place, and the folder of its place is
/// synced. So after a crash at any line a file is there whole or not at all, and what lies in the part of
/// `temporary` of a dead service is nobody's: the next one removes it. Several services may have one directory
/// open; what has to be compared and set is done under a lock of the file system, which a dead process cannot
/// hold.
@NullMarked
package cloud.stasis.image.blob.local;

import org.jspecify.annotations.NullMarked;
