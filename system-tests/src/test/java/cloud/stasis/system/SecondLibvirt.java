package cloud.stasis.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// A libvirt of its own on the machine of the cloud, for a host that has nothing in common with the first one: in a
/// mount namespace in which its directories are others.
final class SecondLibvirt implements AutoCloseable {
    /// It looks at every QEMU program first.
    private static final Duration UP = Duration.ofMinutes(2);

    private static final Duration END = Duration.ofSeconds(60);

    private static final String START = """
            set -e
            for part in run/libvirt var/lib/libvirt var/cache/libvirt var/log/libvirt etc/libvirt; do
                mkdir -p "$0/$part"
                [ "$part" != etc/libvirt ] || cp -a /etc/libvirt/. "$0/$part"
                mount --bind "$0/$part" "/$part"
            done
            rm -f /etc/libvirt/qemu/networks/autostart/* /etc/libvirt/qemu/*.xml
            printf 'host_uuid = "%s"\\n' "$1" >> /etc/libvirt/libvirtd.conf
            virtlogd -d -p /run/libvirt/virtlogd.pid
            exec tini -s -- libvirtd -p /run/libvirt/libvirtd.pid
            """;

    private final Process process;
    private final Path directory;

    private SecondLibvirt(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    static SecondLibvirt beside(OneMachineCloud cloud) {
        Path directory = cloud.home().resolve("second-libvirt");
        try {
            Files.createDirectories(directory);
            Process process = new ProcessBuilder(
                            "unshare",
                            "--mount",
                            "--propagation",
                            "private",
                            "sh",
                            "-c",
                            START,
                            directory.toString(),
                            UUID.randomUUID().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            SecondLibvirt libvirt = new SecondLibvirt(process, directory);
            Await.until(
                    "the second libvirt answers",
                    UP,
                    () -> cloud.host("virsh", "-c", libvirt.uri(), "list"),
                    answer -> answer.exit() == 0);
            return libvirt;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String uri() {
        return "qemu:///system?socket=" + directory.resolve("run/libvirt/libvirt-sock");
    }

    /// Before a command: it then sees the directories of this libvirt.
    List<String> inside() {
        return List.of("nsenter", "--mount=/proc/" + process.pid() + "/ns/mnt", "--");
    }

    /// Ends its guests too, which would outlive it.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Path run = directory.resolve("run/libvirt");
        end(run.resolve("virtlogd.pid"));
        try (DirectoryStream<Path> guests = Files.newDirectoryStream(run.resolve("qemu"), "stasis-*.pid")) {
            guests.forEach(SecondLibvirt::end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param written holds the number of a process that it started
    private static void end(Path written) {
        try {
            if (Files.exists(written)) {
                long pid = Long.parseLong(
                        Files.readString(written, StandardCharsets.UTF_8).strip());
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
