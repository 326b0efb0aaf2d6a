package cloud.stasis.disks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Runs another program to its end: bounded in time and in what it may say. The program is given as a list of
/// arguments, so no shell ever reads them.
public final class Program {
    private static final Logger LOG = Logger.getLogger(Program.class);

    /// `qemu-img info` of a chain of 64 layers says about 100 KiB.
    private static final int MAX_OUTPUT_BYTES = 1 << 20;

    private Program() {}

    /// How a program ended and what it said on its two outputs.
    public record Ending(int exit, String output, String complaint) {}

    /// @return what it wrote to its standard output
    /// @throws StasisException as [#end] does; `NO_SPACE` if it failed and says that the disk is full,
    /// `HYPERVISOR_FAILED` if it failed otherwise. What it said is logged, not shown: it names paths.
    public static String run(Duration deadline, List<String> command) {
        Ending ending = end(deadline, command);
        if (ending.exit() != 0) {
            throw failed(command, ending);
        }
        return ending.output();
    }

    /// For callers who tell one failure from another by what the program says.
    ///
    /// @throws StasisException `OUTCOME_UNKNOWN` if it did not end in time and was killed
    public static Ending end(Duration deadline, List<String> command) {
        String name = command.getFirst();
        Process process = start(command);
        try {
            CompletableFuture<String> output = read(process.getInputStream());
            CompletableFuture<String> complaint = read(process.getErrorStream());
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StasisException(
                        ErrorCode.OUTCOME_UNKNOWN, name + " did not end within " + deadline + " and was killed");
            }
            return new Ending(process.exitValue(), output.join(), complaint.join());
        } catch (InterruptedException e) {
            // Whoever interrupts goes on with the files that it has open.
            process.destroyForcibly().onExit().join();
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, name + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            // Messages are matched below.
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_UNAVAILABLE,
                    command.getFirst() + " could not be started: is it installed on this host?",
                    e);
        }
    }

    /// Reads on, so that the program never blocks on a full pipe, but keeps no more than the limit.
    private static CompletableFuture<String> read(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().name("program-output").start(() -> {
            try (stream) {
                byte[] kept = stream.readNBytes(MAX_OUTPUT_BYTES);
                stream.transferTo(java.io.OutputStream.nullOutputStream());
                text.complete(new String(kept, StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.complete("");
            }
        });
        return text;
    }

    private static StasisException failed(List<String> command, Ending ending) {
        LOG.warnf(
                "program failed command=%s exit=%d said=%s",
                command, ending.exit(), ending.complaint().strip());
        if (ending.complaint().contains("No space left on device")) {
            return new StasisException(ErrorCode.NO_SPACE, "the host's disk is full: free some space and try again");
        }
        return new StasisException(
                ErrorCode.HYPERVISOR_FAILED,
                command.getFirst() + " failed with exit code " + ending.exit() + "; the log of the host says why");
    }
}
