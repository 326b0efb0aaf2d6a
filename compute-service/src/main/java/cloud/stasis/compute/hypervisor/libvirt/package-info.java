/// The hypervisor interface on libvirt and QEMU, through libvirt-java and, for what that lacks, our own
/// declarations of libvirt's C functions ([LibvirtCalls]).
///
/// One class for each concern; none of them is "the driver". [LibvirtConnection] holds the connection, opens it
/// again when libvirtd was restarted, and turns libvirt's errors into ours. XML goes in through [DomainXml] and
/// its siblings alone, which write it element by element from typed records.
///
/// **Threads.** libvirt is thread-safe. Its calls block in native code, so they belong on platform threads.
/// Events come on one thread of libvirt's loop, which must not call back into libvirt.
@NullMarked
package cloud.stasis.compute.hypervisor.libvirt;

import org.jspecify.annotations.NullMarked;
