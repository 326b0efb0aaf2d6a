package cloud.stasis.cli.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a `text/event-stream`, one event at a time. Comments (heartbeats) and event names are skipped; several `data`
/// lines of one event are joined, as the standard says.
public final class ServerSentEvents {
    /// A job is below a kilobyte; a line without end must not fill the memory.
    private static final int MAX_LINE = 64 * 1024;

    private final BufferedReader lines;

    public ServerSentEvents(InputStream stream) {
        lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /// The data of the next event, or empty when the stream has ended. Blocks as long as the connection's read timeout
    /// allows.
    public Optional<String> next() throws IOException {
        StringBuilder data = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return Optional.of(data.toString());
                }
            } else if (line.startsWith("data:")) {
                String value = line.substring("data:".length());
                if (!data.isEmpty()) {
                    data.append('\n');
                }
                data.append(value.startsWith(" ") ? value.substring(1) : value);
                requireShort(data.length());
            }
        }
        return Optional.empty();
    }

    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = lines.read(); read >= 0; read = lines.read()) {
            if (read == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            line.append((char) read);
            requireShort(line.length());
        }
        return null;
    }

    private static void requireShort(int length) throws IOException {
        if (length > MAX_LINE) {
            throw new IOException("an event is longer than " + MAX_LINE + " characters");
        }
    }
}
