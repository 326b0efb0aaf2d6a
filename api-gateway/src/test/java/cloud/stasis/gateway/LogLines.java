package cloud.stasis.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logmanager.formatters.PatternFormatter;

/// What the gateway logs while this is open, written as its log is.
public final class LogLines extends Handler {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger category;
    private final Formatter form =
            new PatternFormatter(ConfigProvider.getConfig().getValue("quarkus.log.console.format", String.class));

    private LogLines(Logger category) {
        this.category = category;
    }

    /// @param category `""` for everything
    public static LogLines of(String category) {
        LogLines lines = new LogLines(Logger.getLogger(category));
        lines.category.addHandler(lines);
        return lines;
    }

    public List<String> all() {
        return List.copyOf(lines);
    }

    /// The first line of this kind. It may be written only after an answer was sent.
    ///
    /// @throws AssertionError if there is none soon
    public String await(Predicate<String> kind) {
        Instant end = Instant.now().plus(SOON);
        while (Instant.now().isBefore(end)) {
            for (String line : lines) {
                if (kind.test(line)) {
                    return line;
                }
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no such line in " + lines);
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(form.format(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        category.removeHandler(this);
    }
}
