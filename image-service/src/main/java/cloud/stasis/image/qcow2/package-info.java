/// qcow2, read and written by our own code, so that no other program ever opens what a tenant made.
///
/// [cloud.stasis.chunks.QcowHeader] refuses what is not exactly an image that stands alone;
/// [cloud.stasis.image.qcow2.QcowReader] gives the disk that the guest sees, as content, out of the uploaded
/// file; [cloud.stasis.image.qcow2.QcowExport] is a qcow2 file over content, of which any range can be produced
/// without the rest. All numbers of the format are big-endian; its specification is QEMU's
/// `docs/interop/qcow2.txt`.
///
/// Threads: headers and exports are immutable; a reader is used by one thread.
@NullMarked
package cloud.stasis.image.qcow2;

import org.jspecify.annotations.NullMarked;
