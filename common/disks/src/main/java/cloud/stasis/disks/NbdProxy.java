package cloud.stasis.disks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// A `qemu-nbd` in a session of its own that shows an export of ours on a socket of its own. Our process may die and
/// come back: whoever reads through the proxy waits meanwhile, and never sees an error.
///
/// It outlives whoever started it, so it is known by its process id in a file, and its socket in its command line.
///
/// @param behind what it shows
/// @param front where it shows it, under the same name
/// @param pid the file with its process id
/// @param outliving how it comes to outlive us
public record NbdProxy(NbdExport behind, NbdExport front, Path pid, Outliving outliving) {
    /// For as long as a site may be without its image service or a host without its agent, before a guest is
    /// told that its disk is broken.
    private static final Duration RECONNECT_WITHIN = Duration.ofDays(30);

    private static final Duration START_DEADLINE = Duration.ofSeconds(30);
    private static final Logger LOG = Logger.getLogger(NbdProxy.class);

    /// Starts it unless it runs. What it shows must be there.
    public void ensure() {
        if (running().isPresent() && Files.exists(front.socket())) {
            return;
        }
        stop();
        Program.run(
                START_DEADLINE,
                outliving.command(List.of(
                        "qemu-nbd",
                        "--fork",
                        "--pid-file=" + pid,
                        "--persistent",
                        "--shared=0",
                        "--read-only",
                        "--export-name=" + front.name(),
                        "--socket=" + front.socket(),
                        "--image-opts",
                        "driver=raw,file.driver=nbd,file.server.type=unix,file.server.path=" + behind.socket()
                                + ",file.export=" + behind.name() + ",file.reconnect-delay="
                                + RECONNECT_WITHIN.toSeconds())));
    }

    /// Ends it; whoever reads through it sees the connection go.
    public void stop() {
        running().ifPresent(process -> {
            LOG.debugf("Ending a proxy socket=%s", front.socket());
            // It has nothing that it could lose, and may be waiting for us.
            process.destroyForcibly();
        });
        HostFiles.delete(pid);
        HostFiles.delete(front.socket());
    }

    private Optional<ProcessHandle> running() {
        try {
            String text = Files.readString(pid).strip();
            return ProcessHandle.of(Long.parseLong(text)).filter(this::isOurs);
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw HostFiles.failure("look for a proxy", e);
        }
    }

    /// Its number may be somebody else's by now.
    private boolean isOurs(ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains("--socket=" + front.socket()))
                .isPresent();
    }
}
