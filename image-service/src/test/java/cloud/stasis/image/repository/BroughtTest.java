package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import org.junit.jupiter.api.Test;

class BroughtTest {
    /// As much as 8000 blobs of one writer take, and a little.
    private static final int ROOM = 300 * 1024;

    /// Thousands of leases must not be worth thousands of times the memory.
    @Test
    void allWritersShareOneRoom() {
        Brought.Room room = new Brought.Room(ROOM);
        Brought first = new Brought(room);
        Brought second = new Brought(room);
        add(first, 8000);

        assertBusy(() -> add(second, 8000));
        assertThat(first.contains(digest(7999))).isTrue();

        first.close();
        first.close();
        add(second, 8000);
        assertThat(second.contains(digest(7999))).isTrue();
        assertBusy(() -> add(first, 9000));
    }

    private static void add(Brought brought, int blobs) {
        for (int blob = 0; blob < blobs; blob++) {
            brought.add(digest(blob));
        }
    }

    private static Digest digest(long number) {
        return new Digest(number + 1, number + 1, 0, 0);
    }

    private static void assertBusy(Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.TOO_BUSY));
    }
}
