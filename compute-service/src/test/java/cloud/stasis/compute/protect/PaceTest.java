package cloud.stasis.compute.protect;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ProtectionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration ASKED = Duration.ofMillis(200);

    @Test
    void waitingMakesTheIntervalLongerUpToTheLongest() {
        Pace pace = Pace.of(ASKED);

        assertThat(pace.waited().inForce()).isEqualTo(Duration.ofMillis(300));
        for (int epoch = 0; epoch < 100; epoch++) {
            pace = pace.waited();
        }
        assertThat(pace.inForce()).isEqualTo(ProtectionSettings.LONGEST_INTERVAL);
    }

    @Test
    void intervalComesBackToWhatWasAskedAndNotBelow() {
        Pace pace = Pace.of(ASKED).waited().waited();

        for (int epoch = 0; epoch < 100; epoch++) {
            pace = pace.took(Duration.ofMillis(5));
        }

        assertThat(pace.inForce()).isEqualTo(ASKED);
    }

    @Test
    void guestRunsThreeQuartersOfItsTime() {
        assertThat(Pace.of(ASKED).took(Duration.ofMillis(150)).inForce()).isEqualTo(Duration.ofMillis(600));
    }
}
