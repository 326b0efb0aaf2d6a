package cloud.stasis.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ByteCount;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuantitiesTest {
    @Test
    void sizesHaveOneDigitAndABinaryUnit() {
        assertThat(Quantities.bytes(ByteCount.ZERO)).isEqualTo("0 B");
        assertThat(Quantities.bytes(ByteCount.ofBytes(1023))).isEqualTo("1023 B");
        assertThat(Quantities.bytes(ByteCount.ofBytes(1_400_000_000))).isEqualTo("1.3 GiB");
        assertThat(Quantities.bytes(ByteCount.ofBytes(Long.MAX_VALUE))).isEqualTo("8.0 EiB");
    }

    @Test
    void timesOfTheApiAreCutToTheSecond() {
        assertThat(Quantities.time("2026-11-22T18:23:50.305882025Z")).isEqualTo("2026-11-22T18:23:50Z");
        assertThat(Quantities.time("2026-11-22T18:23:50Z")).isEqualTo("2026-11-22T18:23:50Z");
        assertThat(Quantities.time("")).isEmpty();
    }

    @Test
    void timesGrowWithTheirUnit() {
        assertThat(Quantities.took(Duration.ofMillis(180))).isEqualTo("180 ms");
        assertThat(Quantities.took(Duration.ofMillis(4_240))).isEqualTo("4.2 s");
        assertThat(Quantities.took(Duration.ofSeconds(185))).isEqualTo("3:05");
        assertThat(Quantities.clock(Duration.ofSeconds(3723))).isEqualTo("1:02:03");
    }
}
