/// Backups by policy: what is kept of which servers and volumes, when, and for how long.
///
/// A *policy* says what it takes (its *target*), what it makes of it, when it is *due*, and what it keeps. When
/// it falls due, one *result* is entered for each server or volume that it takes, and the policy moves on to
/// its next time, in one transaction. Each result then begins an ordinary job and ends with it; then what the
/// policy need not keep any more is deleted.
///
/// ```
///  policy due ──> results: WAITING ──> BEGUN ──> DONE ──> DROPPED
///                             └──────────┴────> FAILED
/// ```
///
/// Any gateway may do any of this: rows are locked, and what another one has locked is passed over. What was missed
/// while no gateway ran falls due once, however often it was missed.
@NullMarked
package cloud.stasis.gateway.policy;

import org.jspecify.annotations.NullMarked;
