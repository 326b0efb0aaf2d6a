/// What a machine is made of: typed records of every device with its address.
///
/// A [Machine] is what the device archive of a snapshot holds, and what domain XML is generated from: the first time,
/// and again at every revert. It names no path of any host. So a bundle that somebody else made can name a device that
/// we know, and nothing else: [DeviceArchive] reads it, wherever it is read. What it says of memory is said again by
/// the [RamFooter] of the memory file.
///
/// Immutable; safe on any thread.
@NullMarked
package cloud.stasis.machine;

import org.jspecify.annotations.NullMarked;
