package cloud.stasis.image.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private final Slots slots = new Slots(8, 4, Duration.ofMillis(50));

    @Test
    void whoHasUsedUpItsShareWaitsForItselfAndKeepsNobodyElseWaiting() {
        List<Slots.Slot> slow = new ArrayList<>();
        for (int at = 0; at < 4; at++) {
            slow.add(slots.acquire("slow"));
        }
        assertBusy("slow");

        List<Slots.Slot> others = new ArrayList<>();
        for (int at = 0; at < 4; at++) {
            others.add(slots.acquire("other-" + at));
        }
        assertBusy("one too many");

        slow.removeFirst().close();
        slots.acquire("slow").close();
        others.forEach(Slots.Slot::close);
        slow.forEach(Slots.Slot::close);
        for (int at = 0; at < 8; at++) {
            slots.acquire("all are back " + at % 2);
        }
        assertBusy("nobody");
    }

    private void assertBusy(String caller) {
        assertThatThrownBy(() -> slots.acquire(caller))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
    }
}
