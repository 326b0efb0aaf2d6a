package cloud.stasis.cli.screen;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// Plain lines for logs and pipes: one for each new phase, each ten percent that took a second or more, and each half
/// minute in between.
///
/// ```
/// nightly-1: uploading 50%, 650.0 MiB of 1.3 GiB, 340.0 MiB/s, ETA 0:02
/// nightly-1: completed in 4.2 s
/// ```
final class ProgressLines implements ProgressView {
    private static final int STEP_PERCENT = 10;
    /// What is over in a moment needs no line for each step.
    private static final Duration BETWEEN_STEPS = Duration.ofSeconds(1);

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(30);

    private final Terminal terminal;
    private final Clock clock;
    private final String title;
    private final Speed speed;
    private final Instant started;
    private String lastDoing = "";
    private int lastStep = -1;
    private Instant lastLine;

    ProgressLines(Terminal terminal, Clock clock, String title) {
        this.terminal = terminal;
        this.clock = clock;
        this.title = title;
        this.speed = new Speed(clock);
        this.started = clock.instant();
        this.lastLine = started;
    }

    @Override
    public void show(Progress progress) {
        speed.sample(progress);
        int step = progress.percent().orElse(0) / STEP_PERCENT;
        Instant now = clock.instant();
        boolean newStep = step != lastStep && !now.isBefore(lastLine.plus(BETWEEN_STEPS));
        boolean due = !now.isBefore(lastLine.plus(SIGN_OF_LIFE));
        if (progress.doing().equals(lastDoing) && !newStep && !due) {
            return;
        }
        lastDoing = progress.doing();
        lastStep = step;
        lastLine = now;
        print(title + ": " + line(progress));
    }

    @Override
    public void end(String outcome) {
        print(title + ": " + SafeText.line(outcome) + " in "
                + Quantities.took(Duration.between(started, clock.instant())));
    }

    private String line(Progress progress) {
        StringBuilder line = new StringBuilder(SafeText.line(progress.doing()));
        progress.percent().ifPresent(percent -> line.append(' ').append(percent).append('%'));
        progress.total().ifPresent(total -> line.append(", ")
                .append(Quantities.bytes(progress.done()))
                .append(" of ")
                .append(Quantities.bytes(total)));
        speed.bytesPerSecond().ifPresent(rate -> line.append(", ").append(Quantities.rate(rate)));
        speed.left(progress).ifPresent(time -> line.append(", ETA ").append(Quantities.clock(time)));
        return line.toString();
    }

    private void print(String line) {
        terminal.err().println(line);
        terminal.err().flush();
    }
}
