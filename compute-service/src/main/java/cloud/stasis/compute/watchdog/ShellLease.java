package cloud.stasis.compute.watchdog;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.Outliving;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/// A shell and `virsh` in a session of their own (`lease.sh`), one for each protected guest, which is told by its
/// standard input; in a container, moved out of it.
public final class ShellLease implements Lease {
    private static final Logger LOG = Logger.getLogger(ShellLease.class);
    private static final String SCRIPT = script();

    private final Path directory;
    private final URI libvirt;
    private final Outliving outliving;

    /// @param directory for the tokens
    public ShellLease(Path directory, URI libvirt, Outliving outliving) {
        this.directory = directory;
        this.libvirt = libvirt;
        this.outliving = outliving;
    }

    @Override
    public Held begin(InstanceId instance, Path marker) {
        try {
            String prefix = "lease-" + instance;
            for (Path former : HostFiles.list(directory)) {
                if (former.getFileName().toString().startsWith(prefix)) {
                    HostFiles.delete(former);
                }
            }
            Path token = Files.createFile(directory.resolve(prefix + "-" + UUID.randomUUID()));
            Process process = new ProcessBuilder(outliving.command(List.of(
                            "setsid",
                            "bash",
                            "-c",
                            SCRIPT,
                            "stasis-lease",
                            token.toString(),
                            Long.toString(TERM.toSeconds()),
                            libvirt.toString(),
                            instance.toString(),
                            marker.toString())))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Shell(token, process);
        } catch (IOException e) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_UNAVAILABLE, "the lease of the instance could not be begun", e);
        }
    }

    private record Shell(Path token, Process process) implements Held {
        @Override
        public void pauses() {
            if (!tell("pause")) {
                throw new StasisException(
                        ErrorCode.HYPERVISOR_UNAVAILABLE, "the lease of the instance is not watched any more");
            }
        }

        @Override
        public void goesOn() {
            tell("run");
        }

        @Override
        public void renew() {
            tell("renew");
        }

        private synchronized boolean tell(String line) {
            try {
                OutputStream out = process.getOutputStream();
                out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
                return true;
            } catch (IOException e) {
                LOG.debug("A lease is not watched any more", e);
                return false;
            }
        }

        @Override
        public void close() {
            HostFiles.delete(token);
            tell("end");
            process.destroy();
        }
    }

    private static String script() {
        try (InputStream resource = ShellLease.class.getResourceAsStream("lease.sh")) {
            if (resource == null) {
                throw new IllegalStateException("lease.sh is missing from the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("lease.sh cannot be read", e);
        }
    }
}
