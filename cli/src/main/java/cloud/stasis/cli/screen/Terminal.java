package cloud.stasis.cli.screen;

import cloud.stasis.cli.process.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Where output goes, and what can be shown there.
public record Terminal(PrintStream out, PrintStream err, Features features) {

    /// @param outFits whether results are for a person's eyes: tables are fitted to `width`
    /// @param errMoves whether progress may be redrawn in place
    /// @param unicode whether bars and trees may use line-drawing characters
    public record Features(boolean outFits, boolean errMoves, boolean colour, boolean unicode, int width) {}

    private static final int DEFAULT_WIDTH = 80;
    /// Below this a table is no table any more; it is then left to the terminal to break lines.
    private static final int MIN_WIDTH = 40;

    private static final int MAX_WIDTH = 10_000;
    /// `stty` answers at once or not at all.
    private static final long STTY_MILLIS = 500;

    /// The terminal of this process.
    public static Terminal ofProcess(Environment environment) {
        boolean out = isTerminal(1);
        boolean err = isTerminal(2);
        boolean colour = out
                && environment.variable("NO_COLOR").isEmpty()
                && !environment.variable("TERM").orElse("dumb").equals("dumb");
        boolean moves = err && !environment.variable("TERM").orElse("dumb").equals("dumb");
        boolean unicode = Charset.forName(System.getProperty("stdout.encoding", "US-ASCII"))
                .equals(StandardCharsets.UTF_8);
        int width = out || err ? width(environment) : DEFAULT_WIDTH;
        return new Terminal(System.out, System.err, new Features(out, moves, colour, unicode, width));
    }

    /// Linux says what a descriptor is; elsewhere the JDK says it for input and output together.
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException _) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    private static int width(Environment environment) {
        return environment
                .variable("COLUMNS")
                .flatMap(Terminal::parseWidth)
                .or(Terminal::askStty)
                .orElse(DEFAULT_WIDTH);
    }

    private static Optional<Integer> parseWidth(String text) {
        try {
            int width = Integer.parseInt(text.strip());
            return width >= MIN_WIDTH && width <= MAX_WIDTH ? Optional.of(width) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Prints `rows columns`. Only asked when nobody exported COLUMNS.
    private static Optional<Integer> askStty() {
        Process stty = null;
        try {
            stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream answer = stty.getInputStream()) {
                if (!stty.waitFor(STTY_MILLIS, TimeUnit.MILLISECONDS)) {
                    return Optional.empty();
                }
                String[] size = new String(answer.readNBytes(64), StandardCharsets.US_ASCII)
                        .strip()
                        .split(" ");
                return size.length == 2 ? parseWidth(size[1]) : Optional.empty();
            }
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            if (stty != null) {
                stty.destroy();
            }
        }
    }

    /// A line for a person who reads along: a hint, a warning.
    public void note(String text) {
        err.println(SafeText.line(text));
        err.flush();
    }
}
