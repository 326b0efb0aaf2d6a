package cloud.stasis.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessUsageTest {
    private static final String REST = " 1 42 42 0 -1 4194560 900 0 0 0 150 50 7 3 20 0 1 0 987654 1000000 256 0";

    @Test
    void aCommandMayHoldBlanksAndParentheses() {
        ProcessUsage usage = ProcessUsage.parse("42 (a) b (c)) S" + REST).orElseThrow();

        assertThat(usage).isEqualTo(new ProcessUsage(987654, Duration.ofSeconds(2), 256 * 4096));
    }

    @Test
    void whatHasEndedAndWaitsForItsParentDoesNotRun() {
        assertThat(ProcessUsage.parse("42 (java) Z" + REST)).isEmpty();
    }
}
