package cloud.stasis.cli.screen;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One line on a terminal, redrawn in place:
///
/// ```
/// nightly-1 [##########----------]  50%  650.0 MiB / 1.3 GiB  340.0 MiB/s  ETA 0:02  uploading
/// ```
/// On a narrow terminal the fields at its end go first, the bar last.
final class ProgressBar implements ProgressView {
    /// Ten times a second looks smooth and costs nothing.
    private static final Duration REDRAW = Duration.ofMillis(100);

    private static final int BAR = 20;
    private static final int MAX_TITLE = 24;
    private static final String TO_START_AND_CLEAR = "\r\u001b[K";
    private static final String FIELD_GAP = "  ";

    private final Terminal terminal;
    private final Clock clock;
    private final String title;
    private final Speed speed;
    private final Instant started;
    private Instant drawn = Instant.MIN;

    ProgressBar(Terminal terminal, Clock clock, String title) {
        this.terminal = terminal;
        this.clock = clock;
        this.title = SafeText.cut(title, MAX_TITLE);
        this.speed = new Speed(clock);
        this.started = clock.instant();
    }

    @Override
    public void show(Progress progress) {
        speed.sample(progress);
        Instant now = clock.instant();
        if (now.isBefore(drawn.equals(Instant.MIN) ? now : drawn.plus(REDRAW))) {
            return;
        }
        drawn = now;
        terminal.err().print(TO_START_AND_CLEAR + line(progress));
        terminal.err().flush();
    }

    @Override
    public void end(String outcome) {
        Duration took = Duration.between(started, clock.instant());
        String text = title + " " + SafeText.line(outcome) + " (" + Quantities.took(took) + ")";
        terminal.err().println(TO_START_AND_CLEAR + text);
        terminal.err().flush();
    }

    private String line(Progress progress) {
        List<String> fields = new ArrayList<>();
        progress.percent().ifPresent(percent -> fields.add("[" + bar(percent) + "] " + padded(percent) + "%"));
        progress.total()
                .ifPresent(total -> fields.add(Quantities.bytes(progress.done()) + " / " + Quantities.bytes(total)));
        speed.bytesPerSecond().ifPresent(rate -> fields.add(Quantities.rate(rate)));
        Optional<Duration> left = speed.left(progress);
        left.ifPresent(time -> fields.add("ETA " + Quantities.clock(time)));
        fields.add(SafeText.line(progress.doing()));
        if (left.isEmpty()) {
            fields.add(Quantities.clock(Duration.between(started, clock.instant())));
        }
        return fitted(fields);
    }

    private String fitted(List<String> fields) {
        // One column stays free: a full line makes some terminals wrap.
        int limit = terminal.features().width() - 1;
        StringBuilder line = new StringBuilder(title);
        String gap = " ";
        for (String field : fields) {
            if (SafeText.width(line.toString()) + gap.length() + SafeText.width(field) > limit) {
                break;
            }
            line.append(gap).append(field);
            gap = FIELD_GAP;
        }
        return SafeText.cut(line.toString(), limit);
    }

    private String bar(int percent) {
        int full = Math.min(BAR, percent * BAR / 100);
        boolean unicode = terminal.features().unicode();
        return new StringBuilder()
                .repeat(unicode ? '\u2588' : '#', full)
                .repeat(unicode ? '\u2591' : '-', BAR - full)
                .toString();
    }

    private static String padded(int percent) {
        return percent < 10 ? "  " + percent : percent < 100 ? " " + percent : String.valueOf(percent);
    }
}
