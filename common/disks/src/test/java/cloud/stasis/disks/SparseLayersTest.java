package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class SparseLayersTest extends LayerFilesContract {
    @Override
    LayerFiles files(Path directory) {
        return new SparseLayers();
    }

    @Override
    void write(Path layer, long offset, byte[] bytes) throws IOException {
        try (SparseDisk disk = new SparseLayers().openForWriting(layer)) {
            disk.write(offset, ByteBuffer.wrap(bytes));
        }
    }

    @Test
    void partOfABlockIsCompletedFromBelow() throws IOException {
        Path raw = Files.write(directory.resolve("base.raw"), filled(BLOCK, 7));
        files.create(first, SIZE, new Backing.Raw(raw));

        write(first, 100, filled(10, 1));

        try (LayerReader reader = files.open(first)) {
            assertThat(bytes(reader, 99, 1)).containsOnly(7);
            assertThat(bytes(reader, 100, 10)).containsOnly(1);
            assertThat(bytes(reader, 110, 100)).containsOnly(7);
        }
    }

    @Test
    void layerHasOneWriterAndNoReaderBesideIt() {
        SparseLayers sparse = new SparseLayers();
        sparse.create(first, SIZE, new Backing.Nothing());

        try (SparseDisk writer = sparse.openForWriting(first)) {
            assertThat(sparse.isBeingWritten(first)).isTrue();
            assertThatThrownBy(() -> sparse.openForWriting(first)).isInstanceOf(StasisException.class);
            assertThatThrownBy(() -> sparse.open(first)).isInstanceOf(StasisException.class);
            assertThat(writer.size()).isEqualTo(SIZE);
        }
        assertThat(sparse.isBeingWritten(first)).isFalse();
    }

    @Test
    void frozenLayerIsNotOpenedForWriting() throws IOException {
        SparseLayers sparse = new SparseLayers();
        sparse.create(first, SIZE, new Backing.Nothing());
        Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("r--r--r--"));

        assertThatThrownBy(() -> sparse.openForWriting(first)).isInstanceOf(StasisException.class);
    }
}
