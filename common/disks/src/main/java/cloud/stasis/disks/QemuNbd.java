package cloud.stasis.disks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// A `qemu-nbd` that serves one layer, read-only, to one client. It ends by itself when that client goes, so that a
/// killed agent leaves none behind.
final class QemuNbd implements AutoCloseable {
    private static final Duration START_DEADLINE = Duration.ofSeconds(30);
    /// From a complaint to the end of the process.
    private static final Duration END_DEADLINE = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(5);
    private static final String EXPORT = "disk";
    /// Enough for the one sentence that it says.
    private static final int MAX_COMPLAINT_BYTES = 4096;

    private final Process process;
    private final Path socket;

    private QemuNbd(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    static QemuNbd serve(Path layer, Path sockets, String format, List<String> options) {
        byte[] unique = new byte[4];
        ThreadLocalRandom.current().nextBytes(unique);
        Path socket = sockets.resolve("r-" + HexFormat.of().formatHex(unique) + ".sock");
        List<String> command = new ArrayList<>(List.of("qemu-nbd", "--read-only", "--format=" + format, "--shared=1"));
        command.addAll(List.of("--cache=none", "--aio=native", "--export-name=" + EXPORT, "--socket=" + socket));
        command.addAll(options);
        command.add(layer.toString());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new QemuNbd(process, socket);
        } catch (IOException e) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_UNAVAILABLE, "qemu-nbd could not be started: is it installed here?", e);
        }
    }

    /// Connects as soon as it listens.
    NbdClient connect(List<MetaContext> contexts) throws IOException {
        long end = System.nanoTime() + START_DEADLINE.toNanos();
        while (process.isAlive()) {
            try {
                if (Files.exists(socket)) {
                    return NbdClient.connect(new NbdExport(socket, EXPORT), contexts, START_DEADLINE);
                }
            } catch (ConnectException e) {
                // The socket has its name already, but nobody listens on it yet.
            }
            if (System.nanoTime() > end) {
                throw new NbdException("qemu-nbd did not listen within " + START_DEADLINE);
            }
            pause();
        }
        throw new NbdException("qemu-nbd ended before it listened");
    }

    /// What it complained about before it ended. It listens before it opens the layer, so a client may notice first.
    String said() {
        try (InputStream complaint = process.getErrorStream()) {
            if (!process.waitFor(END_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                return "";
            }
            return new String(complaint.readNBytes(MAX_COMPLAINT_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void close() {
        process.destroy();
        HostFiles.delete(socket);
    }

    private static void pause() throws NbdException {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NbdException("interrupted while waiting for qemu-nbd", e);
        }
    }
}
