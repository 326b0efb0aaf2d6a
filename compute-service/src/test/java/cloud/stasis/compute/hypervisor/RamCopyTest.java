package cloud.stasis.compute.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A copy that is caught up is the memory, whatever was written meanwhile.
class RamCopyTest {
    private static final ByteCount SIZE = ByteCount.ofMib(65);
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private Path ram;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        ram = directory.resolve("ram");
        file = directory.resolve("copy");
        new RamFile(ram).create(SIZE);
    }

    @Test
    void whatWasWrittenMeanwhileIsCaughtUp() throws IOException {
        Random random = new Random(5);
        fill(random, 300);
        try (RamCopy copy = RamCopy.begin(ram, file, SIZE)) {
            copy.approach();
            assertThat(Files.mismatch(ram, file)).isEqualTo(-1);
            for (int round = 0; round < 5; round++) {
                fill(random, 50);
                zero(random, 20);
                assertThat(copy.catchUp()).isPositive();
                assertThat(Files.mismatch(ram, file)).as("round " + round).isEqualTo(-1);
            }
            assertThat(copy.catchUp()).isZero();
        }
    }

    @Test
    void memoryThatTheGuestGaveBackIsZerosAgain() throws IOException {
        fill(new Random(7), 300);
        try (RamCopy copy = RamCopy.begin(ram, file, SIZE)) {
            copy.approach();
            try (RandomAccessFile hole = new RandomAccessFile(ram.toFile(), "rw")) {
                hole.setLength(30L << 20);
                hole.setLength(SIZE.bytes());
            }

            assertThat(copy.catchUp()).isPositive();
            assertThat(Files.mismatch(ram, file)).isEqualTo(-1);
            assertThat(copy.catchUp()).isZero();
        }
    }

    @Test
    void onlyPagesThatDifferAreCopied() throws IOException {
        fill(new Random(6), 300);
        try (RamCopy copy = RamCopy.begin(ram, file, SIZE)) {
            copy.approach();
            write(10 * PAGE + 7, new byte[] {1, 2, 3});

            assertThat(copy.catchUp()).isBetween(1L, 16L * PAGE);
        }
        assertThat(Files.mismatch(ram, file)).isEqualTo(-1);
    }

    @Test
    void memoryThatIsNotUsedTakesNoRoom() throws IOException {
        write(40L << 20, new byte[] {1});
        try (RamCopy copy = RamCopy.begin(ram, file, SIZE)) {
            copy.approach();
        }

        assertThat((int) Files.getAttribute(file, "unix:nlink")).isEqualTo(1);
        assertThat(Files.mismatch(ram, file)).isEqualTo(-1);
        Path image = directory.resolve("image");
        assertThat(RamImage.write(image, file, SIZE, java.nio.ByteBuffer.wrap(new byte[] {9}))
                        .ram())
                .isEqualTo(SIZE);
        Path given = directory.resolve("given");
        new RamFile(given).create(SIZE);
        RamImage.open(image).fill(given);
        assertThat(Files.mismatch(ram, given)).isEqualTo(-1);
    }

    private void fill(Random random, int pages) throws IOException {
        byte[] page = new byte[PAGE];
        for (int number = 0; number < pages; number++) {
            random.nextBytes(page);
            write(random.nextLong(SIZE.bytes() / PAGE) * PAGE, page);
        }
    }

    private void zero(Random random, int pages) throws IOException {
        for (int number = 0; number < pages; number++) {
            write(random.nextLong(SIZE.bytes() / PAGE) * PAGE, new byte[PAGE]);
        }
    }

    private void write(long at, byte[] bytes) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(ram.toFile(), "rw")) {
            opened.seek(at);
            opened.write(bytes);
        }
    }
}
