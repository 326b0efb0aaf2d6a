package cloud.stasis.image.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.qcow2.QemuImg;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What other implementations of the format write is read as they mean it. Content is named by its hash: two that
/// are equal are so byte for byte.
class VmdkReaderIT {
    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final int MIB = 1024 * 1024;

    private final BlobExchange exchange = new MemoryContentStore().exchange();
    private final ContentReader reader = new ContentReader(exchange);
    private final TransferThreads threads = TransferThreads.forThisMachine();

    @TempDir
    Path directory;

    /// The first has more than one table; the sizes of the others are no whole grains.
    @ParameterizedTest
    @CsvSource({
        "streamOptimized,    36_700_160, 1",
        "streamOptimized,     3_146_240, 2",
        "streamOptimized,     1_114_112, 3",
        "streamOptimized,           512, 4",
        "monolithicSparse,   36_700_160, 5",
        "monolithicSparse,    3_146_240, 6",
        "monolithicSparse,    1_114_112, 7",
        "monolithicSparse,          512, 8"
    })
    void theDiskIsWhatQemuPutIn(String subformat, String length, long seed) throws Exception {
        byte[] disk = VmdkBytes.sparse(Integer.parseInt(length.replace("_", "")), seed);
        byte[] file = VmdkBytes.made(directory, disk, subformat);

        assertThat(stored(put(file))).isEqualTo(put(disk));
        assertThat(storedFromWithin(file)).as("in an archive").isEqualTo(put(disk));
    }

    @ParameterizedTest
    @ValueSource(strings = {"streamOptimized", "monolithicSparse"})
    void largeHolesCostNothing(String subformat) throws Exception {
        long size = 200L * 1024 * MIB;
        byte[] data = Stores.noise(3 * LEAF, 1);
        Path raw = directory.resolve("large.raw");
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.setLength(size);
            file.seek(size / 2);
            file.write(data);
        }
        Path vmdk = directory.resolve("large.vmdk");
        QemuImg.convert(raw, vmdk, "vmdk", "-o", "subformat=" + subformat);
        Content expected;
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            writer.appendZeros(ByteCount.ofBytes(size / 2));
            writer.append(data, data.length, () -> {});
            writer.appendZeros(ByteCount.ofBytes(size / 2 - data.length));
            expected = writer.finish();
        }

        assertThat(stored(put(Files.readAllBytes(vmdk)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"streamOptimized", "monolithicSparse"})
    void anEmptyDiskIsOne(String subformat) throws Exception {
        byte[] file = VmdkBytes.made(directory, new byte[3 * MIB], subformat);

        assertThat(stored(put(file))).isEqualTo(Stores.zeros(ByteCount.ofMib(3)));
    }

    /// One that was written to in another order than that of the disk.
    @Test
    void grainsOfAMachineMayLieInAnyOrder() throws Exception {
        Path file = directory.resolve("used.vmdk");
        QemuImg.run("qemu-img", "create", "-f", "vmdk", file.toString(), "40M");
        QemuImg.run(
                "qemu-io",
                "-f",
                "vmdk",
                "-c",
                "write -P 1 35M 100k",
                "-c",
                "write -P 2 1M 3k",
                "-c",
                "write -P 3 20M 512",
                "-c",
                "write -P 4 1024k 1k",
                file.toString());
        Path seen = directory.resolve("seen.raw");
        QemuImg.convert(file, seen, "raw");

        assertThat(stored(put(Files.readAllBytes(file)))).isEqualTo(put(Files.readAllBytes(seen)));
    }

    @Test
    void grainsThatAreZerosByTheirTableAreZeros() throws Exception {
        Path file = directory.resolve("zeroed.vmdk");
        QemuImg.run("qemu-img", "create", "-f", "vmdk", "-o", "zeroed_grain=on", file.toString(), "4M");
        QemuImg.run("qemu-io", "-f", "vmdk", "-c", "write -P 1 0 1M", "-c", "write -z 64k 128k", file.toString());
        byte[] disk = new byte[4 * MIB];
        Arrays.fill(disk, 0, MIB, (byte) 1);
        Arrays.fill(disk, LEAF, 3 * LEAF, (byte) 0);

        assertThat(stored(put(Files.readAllBytes(file)))).isEqualTo(put(disk));
    }

    @ParameterizedTest
    @ValueSource(ints = {36 * MIB, 3 * MIB + 1536})
    void tablesMayFollowTheirGrains(int length) throws Exception {
        byte[] disk = VmdkBytes.sparse(length, length);
        byte[] file = StreamedVmdk.of(disk);
        Path vmdk = Files.write(directory.resolve("streamed.vmdk"), file);
        Path seen = directory.resolve("seen.raw");
        QemuImg.convert(vmdk, seen, "raw");
        assertThat(Files.readAllBytes(seen)).as("as qemu-img reads it").isEqualTo(disk);

        assertThat(stored(put(file))).isEqualTo(put(disk));
    }

    @Test
    void whatWeExportIsReadHereAgain() throws Exception {
        Content disk = put(VmdkBytes.sparse(36 * MIB + 512, 9));
        VmdkExport export = new VmdkExport(reader, disk);
        ByteBuffer file = ByteBuffer.allocate((int) export.size().bytes());
        export.read(0, file);

        assertThat(stored(put(file.array()))).isEqualTo(disk);
    }

    @Test
    void plainGrainsAreNotStoredTwice() throws Exception {
        byte[] disk = Stores.noise(8 * MIB, 10);
        Content file = put(VmdkBytes.made(directory, disk, "monolithicSparse"));

        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            Content stored = VmdkDisk.store(reader, file, writer);

            assertThat(stored).isEqualTo(put(disk));
            assertThat(writer.sent().bytes()).as("an index").isLessThan(LEAF);
        }
    }

    private Content stored(Content file) {
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            return VmdkDisk.store(reader, file, writer);
        }
    }

    /// As [#stored], of a file of which no leaf is one of the store.
    private Content storedFromWithin(byte[] file) throws IOException {
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            return VmdkDisk.store(reader, new VmdkBytes(file), writer);
        }
    }

    private Content put(byte[] bytes) {
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            for (int at = 0; at < bytes.length; at += 16 * LEAF) {
                byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 16 * LEAF));
                writer.append(piece, piece.length, () -> {});
            }
            return writer.finish();
        }
    }
}
