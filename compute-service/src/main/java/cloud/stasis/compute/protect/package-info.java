/// Continuous protection: a standby of a running instance on another host, never more than an interval behind.
///
/// ```
///  source: Protections, Protection                          standby: Standbys, Standby
///  pause ─ dirty pages, devices, point of the disks ─ go on
///    EpochTaker: encode into an epoch file (Epochs)
///    Outbox: bounded, on disk                 ──HTTP──>      .part: verified, made absolute ─> .redo: durable
///    acknowledged: output released, bitmaps forgotten <───   then applied to the replica, in order
/// ```
///
/// **Epoch**: the state of the instance at one instant as a difference to that of the epoch before, or as a whole.
/// **Replica**: RAM and disks on the standby, as they were at the last epoch that was applied. **Redo file**: an
/// epoch that can be applied any number of times, since it names no difference.
///
/// Threads: a protection has one that takes epochs and one that sends them. While a command has the turn of its
/// instance neither does anything to the instance. What a standby receives is handled one request at a time.
@NullMarked
package cloud.stasis.compute.protect;

import org.jspecify.annotations.NullMarked;
