package cloud.stasis.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.gateway.policy.Retention.Kept;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Instant NEWEST = Instant.parse("2026-03-31T12:30:00Z");
    private static final ZoneId UTC = ZoneId.of("UTC");

    @Test
    void theNewestStayAndTheOthersGo() {
        List<Kept> kept = every(Duration.ofHours(1), 5);

        assertThat(new Retention(2, 0, 0, 0, 0).superfluous(kept, UTC)).isEqualTo(kept.subList(2, 5));
    }

    @Test
    void theNewestOfEachPeriodStays() {
        List<Kept> kept = every(Duration.ofHours(6), 400);

        List<Kept> staying = new ArrayList<>(kept);
        staying.removeAll(new Retention(3, 0, 4, 3, 3).superfluous(kept, UTC));

        assertThat(staying.stream().map(Kept::at))
                .containsExactly(
                        NEWEST,
                        Instant.parse("2026-03-31T06:30:00Z"),
                        Instant.parse("2026-03-31T00:30:00Z"),
                        Instant.parse("2026-03-30T18:30:00Z"),
                        Instant.parse("2026-03-29T18:30:00Z"),
                        Instant.parse("2026-03-28T18:30:00Z"),
                        Instant.parse("2026-03-22T18:30:00Z"),
                        Instant.parse("2026-02-28T18:30:00Z"),
                        Instant.parse("2026-01-31T18:30:00Z"));
    }

    @Test
    void daysAreThoseOfTheZone() {
        List<Kept> kept = List.of(at("2026-03-10T23:30:00Z"), at("2026-03-10T22:30:00Z"));

        assertThat(new Retention(0, 0, 2, 0, 0).superfluous(kept, UTC)).hasSize(1);
        assertThat(new Retention(0, 0, 2, 0, 0).superfluous(kept, ZoneId.of("Europe/Berlin")))
                .isEmpty();
    }

    @Test
    void theLastGoodOneNeverGoesAndWithoutCountsNothingDoes() {
        List<Kept> kept = every(Duration.ofDays(1), 3);

        assertThat(new Retention(1, 0, 0, 0, 0).superfluous(kept.subList(2, 3), UTC))
                .isEmpty();
        assertThat(new Retention(0, 0, 0, 0, 1).superfluous(kept, UTC)).isEqualTo(kept.subList(1, 3));
        assertThat(Retention.EVERYTHING.superfluous(kept, UTC)).isEmpty();
    }

    @Test
    void countsAreBounded() {
        assertThatThrownBy(() -> new Retention(-1, 0, 0, 0, 0)).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> new Retention(0, 0, 0, 0, 1001)).isInstanceOf(StasisException.class);
    }

    private static List<Kept> every(Duration distance, int count) {
        List<Kept> kept = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            kept.add(new Kept(UUID.randomUUID(), NEWEST.minus(distance.multipliedBy(number))));
        }
        return kept;
    }

    private static Kept at(String time) {
        return new Kept(UUID.randomUUID(), Instant.parse(time));
    }
}
