package cloud.stasis.compute.instance;

import cloud.stasis.disks.HostFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a guest wrote to its serial console. The guest decides what stands there and how much: only the tail is ever
/// read. virtlogd bounds the file itself: at 2 MiB it renames it to `console.log.0` and begins a new one, and we read
/// over that seam.
public record ConsoleLog(Path file) {
    /// The most that is read, whatever is asked for: what Nova keeps of a console, tenfold.
    public static final int MAX_BYTES = 1 << 20;

    private static final String ROTATED = ".0";

    /// The last `lines` lines within the last [#MAX_BYTES] bytes; all of these if `lines` is 0. As Nova counts, a
    /// line feed at the very end begins one more line, an empty one. Empty before the first boot. Bytes that are
    /// not UTF-8 become replacement characters.
    public String tail(int lines) {
        byte[] recent = tail(file, MAX_BYTES);
        byte[] older = tail(file.resolveSibling(file.getFileName() + ROTATED), MAX_BYTES - recent.length);
        byte[] bytes = new byte[older.length + recent.length];
        System.arraycopy(older, 0, bytes, 0, older.length);
        System.arraycopy(recent, 0, bytes, older.length, recent.length);
        int start = startOf(lines, bytes);
        return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    }

    private static byte[] tail(Path file, int limit) {
        if (limit == 0 || !Files.exists(file)) {
            return new byte[0];
        }
        try (RandomAccessFile console = new RandomAccessFile(file.toFile(), "r")) {
            long length = console.length();
            byte[] bytes = new byte[(int) Math.min(limit, length)];
            console.seek(length - bytes.length);
            console.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            throw HostFiles.failure("read a console", e);
        }
    }

    private static int startOf(int lines, byte[] bytes) {
        if (lines == 0) {
            return 0;
        }
        int found = 0;
        for (int at = bytes.length - 1; at >= 0; at--) {
            if (bytes[at] == '\n' && ++found == lines) {
                return at + 1;
            }
        }
        return 0;
    }
}
