package cloud.stasis.compute.instance;

import cloud.stasis.disks.HostFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a guest wrote to its serial console. The guest decides what stands there and how much: only the tail is
/// ever read.
public record ConsoleLog(Path file) {
    /// The most that is read, whatever is asked for: what Nova keeps of a console, tenfold.
    public static final int MAX_BYTES = 1 << 20;

    /// The last `lines` lines within the last [#MAX_BYTES] bytes; all of these if `lines` is 0. Empty before
    /// the first boot. Bytes that are not UTF-8 become replacement characters.
    public String tail(int lines) {
        if (!Files.exists(file)) {
            return "";
        }
        try (RandomAccessFile console = new RandomAccessFile(file.toFile(), "r")) {
            long length = console.length();
            byte[] bytes = new byte[(int) Math.min(MAX_BYTES, length)];
            console.seek(length - bytes.length);
            console.readFully(bytes);
            return new String(
                    bytes, startOf(lines, bytes), bytes.length - startOf(lines, bytes), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw HostFiles.failure("read a console", e);
        }
    }

    private static int startOf(int lines, byte[] bytes) {
        if (lines == 0) {
            return 0;
        }
        int found = 0;
        for (int at = bytes.length - 2; at >= 0; at--) {
            if (bytes[at] == '\n' && ++found == lines) {
                return at + 1;
            }
        }
        return 0;
    }
}
