/// VMDK, read and written by our own code, so that no other program ever opens what a tenant made.
///
/// [cloud.stasis.image.vmdk.VmdkExport] writes the form that VMware and VirtualBox take in from an OVA,
/// *stream-optimized*, out of chunks as it is read. [cloud.stasis.image.vmdk.VmdkReader] gives the disk that the
/// guest sees out of a file of that form, or of the one that a machine uses, *monolithic sparse*. All numbers of
/// the format are little-endian; its specification is VMware's "Virtual Disk Format 5.0".
///
/// Threads: an export is immutable; a reader is used by one thread.
@NullMarked
package cloud.stasis.image.vmdk;

import org.jspecify.annotations.NullMarked;
