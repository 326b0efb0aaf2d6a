/// Volumes as raw files on a file system whose files share blocks (XFS, btrfs): a snapshot, a copy and a revert are
/// `FICLONE`, and what a volume holds is one file that any tool reads.
///
/// ```
/// <volume id>/volume.raw       what it holds, or held before it was attached
///             snapshot-<id>.raw
///             reflink.json     [ReflinkState]
///             disk.json, n.qcow2   the layer that a machine writes to: empty while nobody has the volume
/// ```
///
/// A machine writes to layers of qcow2 above the raw file, as it does with every disk: so its agent cuts all disks of
/// one instant, records what is written, goes back to any snapshot (each is an empty layer above its file), and knows
/// nothing of this package. What it wrote is brought into the raw file, and the snapshots that it made become files of
/// their own, when the volume is asked for next. Which snapshots there are stands in `disk.json` alone. One command at
/// a time works on a volume.
@NullMarked
package cloud.stasis.volume.driver.reflink;

import org.jspecify.annotations.NullMarked;
