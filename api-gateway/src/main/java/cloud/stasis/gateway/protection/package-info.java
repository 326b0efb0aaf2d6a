/// Continuous protection: a server with a standby on another host that is never more than an interval behind.
///
/// **Words.** A *protection* ties a server on its *source* to a replica on its *standby*. One step of it is an
/// *epoch*: what the guest wrote since the last one, memory, devices and disks together. The *interval* is the time
/// from one to the next; *held* output leaves the source only once the epoch that covers it is on the standby. A
/// *failover* lets the server go on from the last complete epoch on its standby: *planned*, when the source hands
/// it over and nothing is lost; else after the source was *fenced*, that is, surely no longer runs the server.
///
/// ```
///  Preparing ──> Syncing ──> Protected ──> FailingOver ──────────────────> TakenOver ──> gone
///      └─────────────┴──────────┬─┴─── Broken <─┘ hands over or is fenced;    what is left on the former source
///                               v                 is taken over               is removed when that tells of itself
///                           Removing ──> gone
/// ```
///
/// **One at a time.** Whoever changes a protection locks the row of its server first, then its own. From then on
/// only
/// the saga that its state names changes it. What heartbeats tell of it lies in rows of its own, which nobody else
/// writes.
///
/// **Fencing before take-over** is the invariant: a take-over begins only when the source has acknowledged that it
/// does not run the server ([cloud.stasis.gateway.protection.FenceSource]), has handed it over, or was silent for
/// longer than its lease lasts ([cloud.stasis.gateway.protection.FailureDetector]).
@NullMarked
package cloud.stasis.gateway.protection;

import org.jspecify.annotations.NullMarked;
