/// Where the files of a machine are on this host. What a machine is made of is said by
/// [Machine][cloud.stasis.machine.Machine], which names no path of any host.
///
/// Immutable; safe on any thread.
@NullMarked
package cloud.stasis.compute.machine;

import org.jspecify.annotations.NullMarked;
