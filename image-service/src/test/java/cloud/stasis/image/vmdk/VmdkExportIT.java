package cloud.stasis.image.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ChunkedContentStore;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.qcow2.QemuImg;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What we write is read by another implementation of the format.
class VmdkExportIT {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    private final BlobExchange exchange = new MemoryContentStore().exchange();
    private final ContentReader reader = new ContentReader(exchange);
    private final TransferThreads threads = TransferThreads.forThisMachine();

    @TempDir
    Path directory;

    /// Data at both ends and around the borders of grain tables, tables without grains, a last leaf that is not
    /// whole.
    @ParameterizedTest
    @ValueSource(ints = {0, 512, LEAF - 512})
    void aDiskIsReadBackByQemu(int tail) throws Exception {
        Content disk;
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            append(writer, 3 * LEAF, 1);
            writer.appendZeros(ByteCount.ofBytes(507L * LEAF));
            append(writer, 4 * LEAF, 2);
            writer.appendZeros(ByteCount.ofBytes(2000L * LEAF));
            append(writer, LEAF, 3);
            append(writer, tail, 4);
            disk = writer.finish();
        }
        VmdkExport export = new VmdkExport(reader, disk);
        Path file = Files.write(directory.resolve("disk.vmdk"), pieces(export, 100_000));
        Path raw = directory.resolve("disk.raw");

        assertThat(QemuImg.run("qemu-img", "check", file.toString())).contains("No errors were found");
        assertThat(QemuImg.run("qemu-img", "info", file.toString())).contains("streamOptimized");
        new ChunkedContentStore(exchange, threads).download(disk, raw, TransferListener.NONE);
        QemuImg.run("qemu-img", "compare", "-f", "raw", "-F", "vmdk", raw.toString(), file.toString());
        assertThat(pieces(export, 3 * LEAF + 17)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void anEmptyDiskIsReadBackToo() throws Exception {
        Content disk = Stores.zeros(ByteCount.ofMib(100));
        Path file = Files.write(directory.resolve("disk.vmdk"), pieces(new VmdkExport(reader, disk), LEAF));

        assertThat(QemuImg.run("qemu-img", "info", file.toString())).contains("100 MiB");
        assertThat(QemuImg.run("qemu-img", "map", "--output=json", file.toString()))
                .doesNotContain("\"data\": true");
    }

    private static void append(ContentWriter writer, int length, int seed) {
        for (int at = 0; at < length; at += LEAF) {
            int count = Math.min(LEAF, length - at);
            writer.append(Stores.noise(count, seed + at), count, () -> {});
        }
    }

    private static byte[] pieces(VmdkExport export, int length) {
        byte[] all = new byte[(int) export.size().bytes()];
        for (int at = 0; at < all.length; at += length) {
            export.read(at, ByteBuffer.wrap(all, at, Math.min(length, all.length - at)));
        }
        return all;
    }
}
