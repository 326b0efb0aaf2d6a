/// A tenant's image on its way in: hashed, cut and stored while it streams, looked at for what it really is,
/// and sealed as the last step. Until then nothing of it is visible, and whatever breaks off leaves only blobs
/// that nobody names.
///
/// ```
///  socket -> segment of 1 MiB --+--> md5      (a thread of its own, in order)
///            (6 at most)        +--> sha512   (a thread of its own, in order)
///                               +--> leaves: zero? hash, compress, pack, store   (the transfer threads)
///  at the end: what is it?  raw, qcow2, vmdk -> the disk as content of its own -> manifest -> reference
/// ```
///
/// Threads: one upload is driven by one thread, and each of its segments goes back when all three have done
/// with it.
@NullMarked
package cloud.stasis.image.upload;

import org.jspecify.annotations.NullMarked;
