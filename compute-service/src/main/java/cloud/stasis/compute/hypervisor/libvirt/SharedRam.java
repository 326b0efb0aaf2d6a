package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.machine.Ram;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.LinkedHashMap;
import java.util.Map;

/// RAM that QEMU maps shared: a file, or memory without one. libvirt has no element for a file of our choice,
/// so QEMU is told directly; its later `memory-backend` goes before libvirt's own, which is never touched and
/// so occupies nothing.
final class SharedRam {
    /// The name of the backend, by which a migration stream knows the RAM; it must never change.
    private static final String BACKEND = "stasis-ram";

    private SharedRam() {}

    static void add(Xml domain, Ram ram, ByteCount size) {
        domain.add("qemu:commandline", line -> {
            line.with("xmlns:qemu", DomainXml.QEMU_NAMESPACE);
            argument(line, "-object", backend(ram, size));
            argument(line, "-machine", "memory-backend=" + BACKEND);
            // A state without RAM has no place for this section, and a QEMU that expects it refuses the state.
            argument(line, "-global", "migration.send-configuration=off");
        });
    }

    private static void argument(Xml line, String name, String value) {
        line.add("qemu:arg").with("value", name);
        line.add("qemu:arg").with("value", value);
    }

    private static String backend(Ram ram, ByteCount size) {
        Map<String, Object> backend = new LinkedHashMap<>();
        backend.put("id", BACKEND);
        backend.put("size", size.bytes());
        switch (ram) {
            case Ram.InFile in -> {
                backend.put("qom-type", "memory-backend-file");
                backend.put("mem-path", in.file().toString());
            }
            case Ram.InMemory _ -> backend.put("qom-type", "memory-backend-memfd");
        }
        backend.put("share", true);
        try {
            return MessageCodec.mapper().writeValueAsString(backend);
        } catch (JsonProcessingException e) {
            throw new StasisException(ErrorCode.INTERNAL, "the options of QEMU could not be written", e);
        }
    }
}
