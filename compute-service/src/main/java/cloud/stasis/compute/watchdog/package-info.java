/// Makes sure that no guest stays frozen or paused because this process died.
///
/// Before a freeze or a pause a tiny process of its own is started, in its own session, with nothing but a shell and
/// `virsh`. It waits for the deadline and then thaws or resumes. Who is faster, the agent that cancels it or the
/// deadline, is decided by one rename of a file, so both always agree. A rescue that nobody hears is tried for as
/// long as there is a process of the guest, or until an agent calls it off.
///
/// Threads: a [Watchdog] may be used by several; a guard belongs to the thread that set it.
@NullMarked
package cloud.stasis.compute.watchdog;

import org.jspecify.annotations.NullMarked;
