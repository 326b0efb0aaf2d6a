package cloud.stasis.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.FakeClock;
import cloud.stasis.model.ByteCount;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final FakeClock clock = new FakeClock();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ProgressView view(boolean moves, int width) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal.Features features = new Terminal.Features(moves, moves, false, false, width);
        return ProgressView.of(new Terminal(stream, stream, features), clock, "nightly");
    }

    private String shown() {
        String text = err.toString(StandardCharsets.UTF_8);
        err.reset();
        return text;
    }

    private static Progress mib(String doing, long done, long total) {
        return Progress.ofBytes(doing, ByteCount.ofMib(done), ByteCount.ofMib(total));
    }

    @Test
    void theBarShowsShareBytesRateAndTheTimeLeft() {
        ProgressView bar = view(true, 120);

        bar.show(mib("uploading", 0, 1024));
        shown();
        clock.pass(Duration.ofSeconds(2));
        bar.show(mib("uploading", 512, 1024));

        assertThat(shown())
                .isEqualTo("\r\u001b[Knightly [##########----------]  50%  512.0 MiB / 1.0 GiB  256.0 MiB/s  ETA 0:02"
                        + "  uploading");
    }

    @Test
    void aNarrowTerminalLosesTheLastFieldsFirst() {
        ProgressView bar = view(true, 60);

        bar.show(mib("uploading", 512, 1024));

        assertThat(shown()).isEqualTo("\r\u001b[Knightly [##########----------]  50%  512.0 MiB / 1.0 GiB");
    }

    @Test
    void theBarIsNotRedrawnMoreOftenThanTenTimesASecond() {
        ProgressView bar = view(true, 120);

        bar.show(mib("uploading", 1, 1024));
        shown();
        clock.pass(Duration.ofMillis(99));
        bar.show(mib("uploading", 2, 1024));
        String early = shown();
        clock.pass(Duration.ofMillis(1));
        bar.show(mib("uploading", 3, 1024));

        assertThat(early).isEmpty();
        assertThat(shown()).contains("3.0 MiB");
    }

    @Test
    void theServersEstimateCountsMoreThanOurs() {
        ProgressView bar = view(true, 120);

        bar.show(new Progress(
                "uploading",
                OptionalInt.of(10),
                ByteCount.ZERO,
                Optional.empty(),
                Optional.of(Duration.ofSeconds(75))));

        assertThat(shown()).contains("ETA 1:15");
    }

    @Test
    void linesComeForEachPhaseEachTenPercentAndAsASignOfLife() {
        ProgressView lines = view(false, 80);

        lines.show(mib("capturing", 0, 100));
        lines.show(mib("capturing", 5, 100));
        lines.show(mib("uploading", 5, 100));
        lines.show(mib("uploading", 12, 100));
        clock.pass(Duration.ofSeconds(1));
        lines.show(mib("uploading", 14, 100));
        lines.show(mib("uploading", 15, 100));
        clock.pass(Duration.ofSeconds(30));
        lines.show(mib("uploading", 15, 100));
        lines.end("completed");

        assertThat(shown().lines())
                .containsExactly(
                        "nightly: capturing 0%, 0 B of 100.0 MiB",
                        "nightly: uploading 5%, 5.0 MiB of 100.0 MiB",
                        "nightly: uploading 14%, 14.0 MiB of 100.0 MiB, 9.0 MiB/s, ETA 0:09",
                        "nightly: uploading 15%, 15.0 MiB of 100.0 MiB",
                        "nightly: completed in 31.0 s");
    }

    @Test
    void bytesOfAnotherPhaseAreNoSpeed() {
        ProgressView bar = view(true, 120);

        bar.show(mib("uploading", 1, 1));
        clock.pass(Duration.ofSeconds(1));
        bar.show(mib("done", 2048, 2048));

        assertThat(shown()).doesNotContain("/s");
    }

    @Test
    void whatGoesOnIsCleanedToo() {
        view(true, 80).show(Progress.of("\u001b[2J"));

        assertThat(shown()).contains("\\x1b[2J");
    }
}
