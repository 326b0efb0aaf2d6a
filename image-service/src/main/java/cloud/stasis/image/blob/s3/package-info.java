/// Objects and notes in a bucket, under the same names as in a directory.
///
/// A put is atomic there, and who reads after it sees it. Notes are compared and set by the server (`If-None-Match`,
/// `If-Match` on PUT); a server that does not do that, or does it in two steps, is refused when the store is
/// opened. The client of the SDK repeats what failed, bounded in attempts and in time; nothing else does.
@NullMarked
package cloud.stasis.image.blob.s3;

import org.jspecify.annotations.NullMarked;
