package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.Extent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseFileTest {
    private static final int MIB = 1 << 20;
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    @Test
    void dataIsFoundAndHolesAreLeftOut() throws IOException {
        Path file = sparse("file", 64 * MIB, List.of(0L, 10L * MIB, 63L * MIB));

        assertThat(SparseFile.dataOf(file, PAGE)).containsExactly(extent(0), extent(10L * MIB), extent(63L * MIB));
    }

    @Test
    void smallHolesAreJoinedAndRangesEndWhereTheyAreSaidTo() throws IOException {
        Path file = sparse("file", 64 * MIB, List.of(5L * MIB, 6L * MIB, 20L * MIB));

        try (SparseFile sparse = SparseFile.open(file)) {
            assertThat(sparse.data(0, 64 * MIB, 2 * MIB))
                    .containsExactly(new Extent(5L * MIB, MIB + PAGE), extent(20L * MIB));
            assertThat(sparse.data(5 * MIB + 1000, 6 * MIB + 1000, PAGE))
                    .containsExactly(new Extent(5 * MIB + 1000, PAGE - 1000), new Extent(6 * MIB, 1000));
            assertThat(sparse.data(21 * MIB, 64 * MIB, PAGE)).isEmpty();
        }
    }

    @Test
    void holesTakeUpNoRoom() throws IOException {
        Path file = sparse("file", 64 * MIB, List.of(0L, 10L * MIB, 63L * MIB));

        assertThat(SparseFile.occupied(file)).isBetween(3L * PAGE, (long) MIB);
    }

    @Test
    void whatBecomesAHoleIsZerosAndTheRestStays() throws IOException {
        Path file = directory.resolve("file");
        byte[] filled = new byte[3 * PAGE];
        Arrays.fill(filled, (byte) 'x');
        Files.write(file, filled);

        assertThat(SparseFile.punch(file, new Extent(PAGE - 100, PAGE + 200))).isTrue();

        Arrays.fill(filled, PAGE - 100, 2 * PAGE + 100, (byte) 0);
        assertThat(Files.readAllBytes(file)).isEqualTo(filled);
        assertThat(SparseFile.dataOf(file, PAGE)).containsExactly(new Extent(0, PAGE), new Extent(2L * PAGE, PAGE));
    }

    @Test
    void fileOfOneHoleHoldsNothing() throws IOException {
        assertThat(SparseFile.dataOf(sparse("file", 8 * MIB, List.of()), PAGE)).isEmpty();
        assertThat(SparseFile.dataOf(Files.createFile(directory.resolve("empty")), PAGE))
                .isEmpty();
    }

    @Test
    void copyIsTheSameAndAsSparse() throws IOException {
        Path file = sparse("file", 64 * MIB, List.of(0L, 10L * MIB, 63L * MIB));
        Path copy = sparse("copy", 64 * MIB, List.of());

        try (FileChannel to = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            SparseFile.copy(file, to, 64 * MIB);
        }

        assertThat(Files.mismatch(file, copy)).isEqualTo(-1);
        assertThat(SparseFile.dataOf(copy, PAGE).stream()
                        .mapToLong(Extent::length)
                        .sum())
                .isLessThan(MIB);
    }

    private static Extent extent(long at) {
        return new Extent(at, PAGE);
    }

    /// A page of data at each of these places.
    private Path sparse(String name, long size, List<Long> places) throws IOException {
        Path file = directory.resolve(name);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE)) {
            for (long place : places) {
                byte[] page = new byte[PAGE];
                page[7] = 1;
                channel.write(ByteBuffer.wrap(page), place);
            }
        }
        try (var length = new RandomAccessFile(file.toFile(), "rw")) {
            length.setLength(size);
        }
        return file;
    }
}
