package cloud.stasis.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimingTest {
    private static final Instant MADE = Instant.parse("2026-03-01T10:00:00Z");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void anIntervalKeepsItsRhythmHoweverManyTimesWereMissed() {
        Timing timing = new Timing.Every(Duration.ofHours(6));

        assertThat(timing.next(MADE, MADE, BERLIN)).isEqualTo("2026-03-01T16:00:00Z");
        assertThat(timing.next(Instant.parse("2026-03-01T16:00:00Z"), MADE, BERLIN))
                .isEqualTo("2026-03-01T22:00:00Z");
        assertThat(timing.next(Instant.parse("2026-03-05T11:11:11Z"), MADE, BERLIN))
                .isEqualTo("2026-03-05T16:00:00Z");
    }

    @Test
    void aCalendarIsThatOfItsZoneAlsoWhenClocksChange() {
        Timing timing = new Timing.Calendar("30 1 * * *");

        assertThat(timing.next(MADE, MADE, BERLIN)).isEqualTo("2026-03-02T00:30:00Z");
        assertThat(timing.next(Instant.parse("2026-03-30T00:00:00Z"), MADE, BERLIN))
                .isEqualTo("2026-03-30T23:30:00Z");
        assertThat(new Timing.Calendar("0 3 * * 1-5").next(Instant.parse("2026-03-06T12:00:00Z"), MADE, BERLIN))
                .isEqualTo("2026-03-09T02:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "61 * * * *",
                "0 25 * * *",
                "@daily",
                "0 0 L * *",
                "a b c d e",
                "0 0 * * 1,2,3,4,5,6,7,1,2,3,4,5,6,7,1,2,3,4,5,6,7,1,2,3,4,5,6,7,1,2,3,4,5,6,7,1,2,3,4,5,6,7,1,2,3,4,5,6,7"
            })
    void whatIsNoCalendarIsRefused(String cron) {
        assertThatThrownBy(() -> new Timing.Calendar(cron)).isInstanceOf(StasisException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"* * * * *", "*/4 * * * *", "0,2 3 * * *", "58,0 * * * *", "0 0 30 2 *"})
    void whatComesTooOftenOrNeverIsRefused(String cron) {
        Timing timing = new Timing.Calendar(cron);

        assertThatThrownBy(() -> timing.requireSparse(MADE, BERLIN)).isInstanceOf(StasisException.class);
    }

    @Test
    void anIntervalIsBounded() {
        assertThatThrownBy(() -> new Timing.Every(Duration.ofSeconds(299))).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> new Timing.Every(Duration.ofDays(367))).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> new Timing.Every(Duration.ofHours(-6))).isInstanceOf(StasisException.class);
    }
}
