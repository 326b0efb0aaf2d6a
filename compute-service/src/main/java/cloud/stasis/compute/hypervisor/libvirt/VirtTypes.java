package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.disks.Program;
import cloud.stasis.machine.VirtType;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jboss.logging.Logger;

/// Finds out how guests can run here. `/dev/kvm` alone proves nothing: nested hosts have it and cannot use it.
public final class VirtTypes {
    private static final Logger LOG = Logger.getLogger(VirtTypes.class);

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path KVM = Path.of("/dev/kvm");
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(10);

    private VirtTypes() {}

    /// @param wanted `auto`, `kvm` or `qemu`
    public static VirtType of(String wanted) {
        return switch (wanted.toLowerCase(Locale.ROOT)) {
            case "kvm" -> VirtType.KVM;
            case "qemu" -> VirtType.QEMU;
            case "auto" -> isKvmUsable() ? VirtType.KVM : VirtType.QEMU;
            default ->
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST, "STASIS_VIRT_TYPE is auto, kvm or qemu, not " + wanted);
        };
    }

    private static boolean isKvmUsable() {
        return Files.exists(KVM) && hasCpuFlags() && boots();
    }

    private static boolean hasCpuFlags() {
        try {
            return Files.readAllLines(CPU_INFO).stream()
                    .filter(line -> line.startsWith("flags"))
                    .anyMatch(line -> line.contains(" vmx") || line.contains(" svm"));
        } catch (IOException e) {
            LOG.warn("The CPU's flags cannot be read; guests are translated", e);
            return false;
        }
    }

    /// Starts a machine without disks, lets it run its firmware for a moment and asks it to quit.
    private static boolean boots() {
        try {
            Program.Ending ending = Program.end(
                    PROBE_DEADLINE,
                    List.of(
                            "timeout",
                            "2",
                            "qemu-system-x86_64",
                            "-accel",
                            "kvm",
                            "-display",
                            "none",
                            "-nodefaults",
                            "-m",
                            "16"));
            // `timeout` says 124 if it had to end the machine: it ran.
            return ending.exit() == 124;
        } catch (StasisException e) {
            LOG.warn("KVM could not be tried; guests are translated", e);
            return false;
        }
    }
}
