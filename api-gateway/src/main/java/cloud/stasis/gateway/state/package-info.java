/// Backups of the control plane's own state: everything that the gateway's database holds, as one bundle in the image
/// store, beside what tenants have there and with the same guarantees.
///
/// ```
///  dumping ──> saving ──> available ──> deleted, by retention or by an operator
///     └──────────┴─────> error, with the reason
/// ```
///
/// One dump is made at a time ([cloud.stasis.gateway.state.StateLock]), on a thread of its own; the seal is a saga.
/// Who dies in the middle of a dump leaves a row that says `dumping`; whoever has the lock next says `error` of it,
/// which is also what a restored database says of the backup that it comes from, until the store is asked what there
/// is.
@NullMarked
package cloud.stasis.gateway.state;

import org.jspecify.annotations.NullMarked;
