package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every way to keep layers in files must do.
abstract class LayerFilesContract {
    static final ByteCount SIZE = ByteCount.ofMib(16);
    static final int BLOCK = 64 * 1024;

    @TempDir
    Path directory;

    LayerFiles files;
    Path first;
    Path second;

    abstract LayerFiles files(Path directory);

    /// Writes as a guest would.
    abstract void write(Path layer, long offset, byte[] bytes) throws IOException;

    @BeforeEach
    void layers() {
        files = files(directory);
        first = directory.resolve("0." + files.suffix());
        second = directory.resolve("1." + files.suffix());
    }

    @Test
    void newLayerOverNothingIsZerosAndHoldsNothing() throws IOException {
        files.create(first, SIZE, new Backing.Nothing());

        try (LayerReader reader = files.open(first)) {
            assertThat(reader.size()).isEqualTo(SIZE);
            assertThat(bytes(reader, 0, BLOCK)).containsOnly(0);
            assertThat(reader.allocatedIn(1)).isEmpty();
        }
    }

    @Test
    void newLayerShowsTheRawFileAndZerosBeyondItsEnd() throws IOException {
        Path raw = Files.write(directory.resolve("base.raw"), filled(3 * BLOCK, 7));
        files.create(first, SIZE, new Backing.Raw(raw));

        try (LayerReader reader = files.open(first)) {
            assertThat(bytes(reader, 0, 3 * BLOCK)).containsOnly(7);
            assertThat(bytes(reader, 3 * BLOCK, BLOCK)).containsOnly(0);
            assertThat(reader.allocatedIn(1)).isEmpty();
            assertThat(covers(reader.data(), 2L * BLOCK)).isTrue();
        }
    }

    @Test
    void layerHoldsWhatWasWrittenToItAlone() throws IOException {
        files.create(first, SIZE, new Backing.Nothing());
        write(first, 0, filled(BLOCK, 1));
        write(first, 8L * BLOCK, filled(BLOCK, 2));
        files.create(second, SIZE, new Backing.Layer(first));
        write(second, 8L * BLOCK, filled(BLOCK, 3));

        try (LayerReader reader = files.open(second)) {
            assertThat(bytes(reader, 0, BLOCK)).containsOnly(1);
            assertThat(bytes(reader, 8L * BLOCK, BLOCK)).containsOnly(3);
            assertThat(covers(reader.allocatedIn(1), 8L * BLOCK)).isTrue();
            assertThat(covers(reader.allocatedIn(1), 0)).isFalse();
            assertThat(covers(reader.allocatedIn(2), 0)).isTrue();
        }
        try (LayerReader reader = files.open(first)) {
            assertThat(bytes(reader, 8L * BLOCK, BLOCK)).containsOnly(2);
        }
    }

    @Test
    void twoReadersMayShareALayer() throws IOException {
        files.create(first, SIZE, new Backing.Nothing());
        write(first, 0, filled(BLOCK, 9));

        try (LayerReader one = files.open(first);
                LayerReader other = files.open(first)) {
            assertThat(bytes(one, 0, BLOCK)).isEqualTo(bytes(other, 0, BLOCK));
        }
        assertThat(files.isBeingWritten(first)).isFalse();
    }

    @Test
    void creatingAgainReplacesWhatACrashLeft() throws IOException {
        Files.write(first, filled(100, 5));

        files.create(first, SIZE, new Backing.Nothing());

        try (LayerReader reader = files.open(first)) {
            assertThat(bytes(reader, 0, BLOCK)).containsOnly(0);
        }
    }

    @Test
    void foldedLayerMayGoAndWhatShowsThroughTheOthersIsTheSame() throws IOException {
        Path third = directory.resolve("third");
        files.create(first, SIZE, new Backing.Nothing());
        write(first, 0, filled(BLOCK, 1));
        write(first, 4L * BLOCK, filled(BLOCK, 1));
        files.create(second, SIZE, new Backing.Layer(first));
        write(second, 4L * BLOCK, filled(BLOCK, 2));
        write(second, 8L * BLOCK, filled(BLOCK, 2));
        files.create(third, SIZE, new Backing.Layer(second));
        write(third, 8L * BLOCK, filled(BLOCK, 3));
        Path fourth = directory.resolve("fourth");
        files.create(fourth, SIZE, new Backing.Layer(second));

        LayerFold fold = new LayerFold(List.of(third, fourth), second, first, LayerFold.Place.IN_CHAIN);
        files.fold(fold);
        files.fold(fold);
        files.delete(second);

        try (LayerReader reader = files.open(third)) {
            assertThat(bytes(reader, 0, BLOCK)).containsOnly(1);
            assertThat(bytes(reader, 4L * BLOCK, BLOCK)).containsOnly(2);
            assertThat(bytes(reader, 8L * BLOCK, BLOCK)).containsOnly(3);
            assertThat(covers(reader.allocatedIn(1), 4L * BLOCK)).isFalse();
        }
        try (LayerReader reader = files.open(fourth)) {
            assertThat(bytes(reader, 8L * BLOCK, BLOCK)).containsOnly(2);
        }
        try (LayerReader reader = files.open(first)) {
            assertThat(bytes(reader, 8L * BLOCK, BLOCK)).containsOnly(2);
        }
    }

    @Test
    void deletedLayerIsGoneAndMayBeDeletedAgain() {
        files.create(first, SIZE, new Backing.Nothing());

        files.delete(first);
        files.delete(first);

        assertThat(directory).isEmptyDirectory();
    }

    static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    static byte[] bytes(LayerReader reader, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        reader.read(offset, buffer);
        assertThat(buffer.hasRemaining()).isFalse();
        return buffer.array();
    }

    static boolean covers(List<Extent> extents, long offset) {
        return extents.stream().anyMatch(extent -> extent.offset() <= offset && offset < extent.end());
    }
}
