package cloud.stasis.compute.protect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageLogTest {
    @TempDir
    Path directory;

    @Test
    void morePagesThanFitIntoMemoryComeBackInOrder() throws IOException {
        long count = 2L * PageLog.IN_MEMORY + 5;
        try (PageLog log = new PageLog(directory.resolve("log"))) {
            for (long number = 0; number < count; number++) {
                log.page(number, page(number));
            }

            assertThat(drained(log))
                    .containsExactlyElementsOf(
                            LongStream.range(0, count).boxed().toList());
        }
    }

    @Test
    void drainedOneIsEmptyAndTakesMore() throws IOException {
        try (PageLog log = new PageLog(directory.resolve("log"))) {
            log.page(3, page(3));
            drained(log);
            log.page(8, page(8));

            assertThat(drained(log)).containsExactly(8L);
        }
    }

    private static List<Long> drained(PageLog log) throws IOException {
        List<Long> numbers = new ArrayList<>();
        log.drain((number, bytes) -> {
            assertThat(ByteBuffer.wrap(bytes).getLong()).isEqualTo(number);
            numbers.add(number);
        });
        return numbers;
    }

    private static ByteBuffer page(long number) {
        return ByteBuffer.allocate(Epochs.PAGE).putLong(0, number);
    }
}
