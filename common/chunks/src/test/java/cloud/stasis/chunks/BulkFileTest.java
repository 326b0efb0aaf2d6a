package cloud.stasis.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkFileTest {
    private static final int BYTES = 5 * 1024 * 1024 + 321;

    @TempDir
    Path directory;

    @Test
    void piecesOfAnyLengthAtAnyPlaceMakeUpTheFile() throws IOException {
        Random random = new Random(20261122);
        byte[] expected = new byte[BYTES];
        random.nextBytes(expected);
        byte[] shifted = new byte[BYTES + 7];
        System.arraycopy(expected, 0, shifted, 7, BYTES);
        Path path = directory.resolve("file");

        try (BulkFile file = BulkFile.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.extend(BYTES);
            for (int at = 0; at < BYTES; ) {
                int length = Math.min(BYTES - at, random.nextBoolean() ? 1 + random.nextInt(3_000_000) : 128 * 1024);
                file.write(shifted, 7 + at, length, at);
                at += length;
            }
            file.force();
        }

        assertThat(Files.readAllBytes(path)).isEqualTo(expected);
    }

    @Test
    void whatWasNotWrittenIsZeros() throws IOException {
        Path path = directory.resolve("file");

        try (BulkFile file = BulkFile.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.extend(BYTES);
        }

        byte[] bytes = Files.readAllBytes(path);
        assertThat(bytes).hasSize(BYTES);
        assertThat(Arrays.mismatch(bytes, new byte[BYTES])).isEqualTo(-1);
    }
}
