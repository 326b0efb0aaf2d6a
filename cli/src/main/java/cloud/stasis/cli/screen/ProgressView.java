package cloud.stasis.cli.screen;

import java.time.Clock;

/// Shows on standard error how something goes on. Shown as often as anything is known: the view decides when to draw.
public interface ProgressView {
    void show(Progress progress);

    /// The end, in words such as `completed`. Nothing is shown after it.
    void end(String outcome);

    /// Shows nothing.
    ProgressView NONE = new ProgressView() {
        @Override
        public void show(Progress progress) {}

        @Override
        public void end(String outcome) {}
    };

    /// A bar that is redrawn in place on a terminal, lines elsewhere.
    static ProgressView of(Terminal terminal, Clock clock, String title) {
        return terminal.features().errMoves()
                ? new ProgressBar(terminal, clock, SafeText.line(title))
                : new ProgressLines(terminal, clock, SafeText.line(title));
    }
}
