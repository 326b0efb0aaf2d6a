/// A hypervisor without guests: machines are objects, but their disks and memory are real bytes, and time can be
/// stopped between any two of them. Needs nothing installed.
///
/// It is for tests of everything above it, and for clouds of a hundred hosts on one machine. What only the
/// outside of a machine could do to it is in [SimulatedGuest]: write like a program in the guest, crash, be deaf.
/// What the host may suffer is in [Faults].
///
/// Machines live as long as the process; after a restart they are off, as after a power cut of the host.
///
/// Threads: everything of one machine is guarded by its monitor.
@NullMarked
package cloud.stasis.compute.hypervisor.simulated;

import org.jspecify.annotations.NullMarked;
