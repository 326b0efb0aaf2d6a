/// What a machine is made of: typed records of every device with its address.
///
/// A [Machine] is what the device archive of a snapshot holds, and what domain XML is generated from: the first time,
/// and again at every revert. It names no path of any host; where its files are on this host is said by
/// [MachineFiles]. So a bundle that somebody else made can name a device that we know, and nothing else.
///
/// Immutable; safe on any thread.
@NullMarked
package cloud.stasis.compute.machine;

import org.jspecify.annotations.NullMarked;
