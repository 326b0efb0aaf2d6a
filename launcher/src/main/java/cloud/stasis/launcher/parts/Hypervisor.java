package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.parts.Part.Sharing;
import cloud.stasis.launcher.process.Launch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The machine's libvirt. There is one per machine, so a running one is used as it is.
///
/// Ours runs under `tini -s`, which adopts and reaps the QEMU processes that libvirt daemonises. libvirt waits
/// until the pid of a destroyed guest is gone, and an init that reaps late makes every destroy, and so every
/// revert, a second and a half longer.
public final class Hypervisor {
    public static final String URI = "qemu:///system";

    private static final Path SOCKETS = Path.of("/run/libvirt");

    private Hypervisor() {}

    /// Keeps the logs of the guests open while libvirtd restarts.
    static Part virtlogd() {
        return daemon(
                PartName.VIRTLOGD, new Readiness.OnSocket(SOCKETS.resolve("virtlogd-sock")), Duration.ofSeconds(20));
    }

    /// Its first start on a machine looks at every QEMU program, which takes seconds of CPU.
    static Part libvirtd() {
        return daemon(
                PartName.LIBVIRTD,
                new Readiness.OfHypervisor(SOCKETS.resolve("libvirt-sock"), URI),
                Duration.ofSeconds(90));
    }

    private static Part daemon(PartName name, Readiness readiness, Duration startDeadline) {
        return new Part(
                name,
                () -> {
                    KvmDevice.OF_THE_MACHINE.openToItsGroup();
                    TpmAuthority.OF_THE_MACHINE.giveToItsUser();
                    return new Launch(List.of("tini", "-s", "--", "/usr/sbin/" + name), Map.of());
                },
                List.of(),
                readiness,
                Sharing.MACHINE,
                startDeadline,
                Duration.ofSeconds(20));
    }
}
