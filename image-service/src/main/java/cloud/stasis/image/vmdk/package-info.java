/// Disks in the form that VMware and VirtualBox take in from an OVA: VMDK, *stream-optimized*.
/// Written out of chunks as it is read, by our own code: no program ever opens it here.
@NullMarked
package cloud.stasis.image.vmdk;

import org.jspecify.annotations.NullMarked;
