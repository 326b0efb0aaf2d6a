package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On whatever file system the temporary directory is: blocks are shared or copied, and nobody sees a
/// difference.
class ReflinkTest {
    private static final ByteCount LENGTH = ByteCount.ofMib(5);

    @TempDir
    Path directory;

    @Test
    void copyIsTheBeginningOfTheFileAndStaysAsItIs() throws IOException {
        Path from = directory.resolve("from");
        Path to = Files.writeString(directory.resolve("to"), "of another time");
        try (RandomAccessFile file = new RandomAccessFile(from.toFile(), "rw")) {
            file.setLength(LENGTH.bytes() + 4096);
            file.seek(3 << 20);
            file.write(42);
        }

        Reflink.Way way = Reflink.copy(from, to, LENGTH);
        try (RandomAccessFile file = new RandomAccessFile(from.toFile(), "rw")) {
            file.write(1);
        }

        assertThat(way == Reflink.Way.SHARED).isEqualTo(Reflink.isPossibleIn(directory));
        byte[] copy = Files.readAllBytes(to);
        assertThat(copy).hasSize((int) LENGTH.bytes());
        assertThat(copy[3 << 20]).isEqualTo((byte) 42);
        assertThat(copy[0]).isZero();
        assertThat(Files.list(directory).count()).isEqualTo(2);
    }
}
