/// Instance snapshots: what one instant of a server looked like, all its disks and, if asked for, its memory.
///
/// A [cloud.stasis.gateway.snapshot.Snapshot] is one row; the saga that its state names is the only one that
/// changes it. Its *parent* is the snapshot that the server's history continued from when it was taken: taking a
/// snapshot and reverting to one both move that *position*, so that the snapshots of a server form a tree. Sagas:
/// one file each.
@NullMarked
package cloud.stasis.gateway.snapshot;

import org.jspecify.annotations.NullMarked;
