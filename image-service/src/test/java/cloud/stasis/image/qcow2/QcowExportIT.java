package cloud.stasis.image.qcow2;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ChunkedContentStore;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QcowExportIT {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    private final BlobExchange exchange = new MemoryContentStore().exchange();
    private final ContentReader reader = new ContentReader(exchange);
    private final TransferThreads threads = TransferThreads.forThisMachine();

    @TempDir
    Path directory;

    /// 140,000 data clusters need more than four blocks of refcounts and eighteen L2 tables; only the tables
    /// are written out, since `qemu-img check` looks at nothing else.
    @Test
    void aLargeFileCountsEveryClusterOnce() throws Exception {
        Digest leaf = leaf(1);
        Content disk;
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            for (int run = 0; run < 140; run++) {
                for (int at = 0; at < 1000; at++) {
                    writer.appendKnown(leaf);
                }
                writer.appendZeros(ByteCount.ofBytes(run * 100L * LEAF));
            }
            disk = writer.finish();
        }
        QcowExport export = new QcowExport(reader, disk);
        Path file = directory.resolve("large.qcow2");
        byte[] tables = new byte[40 * LEAF * 4];
        export.read(0, ByteBuffer.wrap(tables));
        Files.write(file, tables);
        try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
            whole.setLength(export.size().bytes());
        }

        assertThat(QemuImg.run("qemu-img", "check", file.toString()))
                .contains("No errors were found")
                .contains("140000/");
        byte[] last = new byte[LEAF];
        export.read(export.size().bytes() - LEAF, ByteBuffer.wrap(last));
        assertThat(last).isEqualTo(bytes(1));
    }

    @Property(tries = 12)
    void anyDiskIsReadBackByQemu(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 9000) Integer> runs,
            @ForAll boolean zerosFirst)
            throws Exception {
        Content disk;
        boolean zeros = zerosFirst;
        long written = 0;
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            for (int run : runs) {
                if (zeros) {
                    writer.appendZeros(ByteCount.ofBytes((long) run * LEAF));
                } else {
                    for (int leaf = 0; leaf < run % 40; leaf++) {
                        writer.append(bytes(run + leaf), LEAF, () -> {});
                        written += LEAF;
                    }
                }
                zeros = !zeros;
            }
            disk = writer.finish();
        }
        QcowExport export = new QcowExport(reader, disk);
        assertThat(export.size().bytes()).isGreaterThanOrEqualTo(written);
        Path folder = Files.createTempDirectory("export");
        Path file = folder.resolve("disk.qcow2");
        Path raw = folder.resolve("disk.raw");
        Files.write(file, pieces(export, 100_000));

        assertThat(QemuImg.run("qemu-img", "check", file.toString())).contains("No errors were found");
        new ChunkedContentStore(exchange, threads).download(disk, raw, TransferListener.NONE);
        QemuImg.run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw.toString(), file.toString());
        assertThat(pieces(export, 65_536 * 3 + 17)).isEqualTo(Files.readAllBytes(file));
        for (Path left : List.of(file, raw, folder)) {
            Files.delete(left);
        }
    }

    private static byte[] pieces(QcowExport export, int length) {
        byte[] all = new byte[(int) export.size().bytes()];
        for (int at = 0; at < all.length; at += length) {
            export.read(at, ByteBuffer.wrap(all, at, Math.min(length, all.length - at)));
        }
        return all;
    }

    private Digest leaf(int seed) {
        try (ContentWriter writer = new ContentWriter(exchange, threads)) {
            writer.append(bytes(seed), LEAF, () -> {});
            return reader.leaves(writer.finish(), 0, 1).getFirst();
        }
    }

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[LEAF];
        if (seed % 3 == 0) {
            Arrays.fill(bytes, (byte) (seed | 1));
        } else {
            new Random(seed).nextBytes(bytes);
        }
        return bytes;
    }
}
