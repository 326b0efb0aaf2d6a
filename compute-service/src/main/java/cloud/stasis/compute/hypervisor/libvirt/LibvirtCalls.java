package cloud.stasis.compute.hypervisor.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.PointerType;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;

/// Functions of libvirt that libvirt-java 0.5.4 does not declare. The same library, the same handles, the same
/// thread-local errors.
interface LibvirtCalls extends Library {
    LibvirtCalls INSTANCE = Native.load("virt", LibvirtCalls.class);

    int FAILED = -1;

    /// @return the number of file systems frozen, or [#FAILED]
    int virDomainFSFreeze(PointerType domain, String @Nullable [] mountPoints, int count, int flags);

    int virDomainFSThaw(PointerType domain, String @Nullable [] mountPoints, int count, int flags);

    /// Bounds how long a call that talks to the guest agent waits, in seconds.
    int virDomainAgentSetResponseTimeout(PointerType domain, int seconds, int flags);

    int virDomainSaveFlags(PointerType domain, String to, @Nullable String domainXml, int flags);

    int virDomainRestoreFlags(PointerType connect, String from, String domainXml, int flags);

    /// What a memory file in libvirt's form says of its machine. The caller frees it.
    @Nullable
    Pointer virDomainSaveImageGetXMLDesc(PointerType connect, String file, int flags);

    int virDomainGetState(PointerType domain, int[] state, int[] reason, int flags);

    /// The caller should free what it gets; it is asked for once in a process.
    @Nullable
    String virConnectGetDomainCapabilities(
            PointerType connect,
            @Nullable String emulator,
            @Nullable String arch,
            @Nullable String machine,
            @Nullable String virtType,
            int flags);

    /// libvirt-java's own does not take an empty list of parameters.
    int virDomainBlockCopy(
            PointerType domain, String disk, String destinationXml, @Nullable Pointer parameters, int count, int flags);

    int virGetLastErrorCode();

    String virGetLastErrorMessage();

    /// The handle that libvirt-java keeps to itself. Not a class in its package: with more than one class loader,
    /// as in Quarkus tests, that would not see it either.
    static PointerType handle(Domain domain) {
        return handle(Domain.class, "vdp", domain);
    }

    /// The text of a call whose caller frees it.
    static String take(Pointer text) {
        try {
            return text.getString(0);
        } finally {
            Native.free(Pointer.nativeValue(text));
        }
    }

    static PointerType handle(Connect connect) {
        return handle(Connect.class, "vcp", connect);
    }

    private static PointerType handle(Class<?> type, String field, Object owner) {
        try {
            Field handle = type.getDeclaredField(field);
            handle.setAccessible(true);
            return (PointerType) handle.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("libvirt-java is not the version that we know", e);
        }
    }
}
