/// What this host keeps of each instance, as files: nothing else is remembered anywhere.
///
/// ```
///  base/<index>.raw                  contents from the store, shared, never written
///  run/                              sockets and scratch files; whatever is found here at start is rubbish
///  instances/<id>/spec.json          what was asked for, and the machine that was made of it
///                 vda/               a layered disk (volumes have theirs in the volume directory)
///                 lineage.json       known points: what of each disk the store has
///                 intent.json        what is being done to the guest right now, if anything
///                 console.log        what the guest said
///                 snapshots/<id>/    devices of one snapshot
///  memory/<id>/ram                   the RAM of the running machine, where files can share blocks
///              suspended.save        memory of a suspended instance
///              <snapshot>.memory     memory of a snapshot; with its devices and layers a cache of what the store has
/// ```
///
/// **Known points.** A [DiskPoint] says: this disk differs from that content of the store at most in what was
/// written since this checkpoint, and in these extents. It stays true whatever is added to the right side, so a
/// checkpoint may be older than the content that it is paired with, and nothing has to happen at the same instant
/// but what the guest would notice.
///
/// **Threads.** One command of an instance at a time works on its directory.
@NullMarked
package cloud.stasis.compute.instance;

import org.jspecify.annotations.NullMarked;
