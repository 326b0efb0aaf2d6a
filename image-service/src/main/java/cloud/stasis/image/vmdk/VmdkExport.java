package cloud.stasis.image.vmdk;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.StoredLeaves;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;

/// A disk as a stream-optimized VMDK file, any range of which can be read, and whose size is known before.
///
/// ```
/// header, descriptor                      128 sectors
/// grain: marker, zlib stream              129 sectors each, one for each leaf that is not all zeros, in order
/// grain table: marker, 512 entries        5 sectors each, one for each 32 MiB that has a grain
/// grain directory: marker, entries
/// footer: marker, the header again        with the place of the directory, which is not known before to who streams
/// end of stream
/// ```
/// Readers demand that a grain is a zlib stream, and the size of the file has to be known before its first byte is
/// sent. So the streams consist of stored blocks: each has the same length, whatever is in it, and no processor is
/// kept busy.
///
/// Memory: a bit for each leaf and 4 bytes for each 32 MiB of the disk.
public final class VmdkExport implements ContentSource {
    private static final int SECTOR = 512;
    private static final int GRAIN = TreeShape.LEAF_BYTES;
    private static final int GRAIN_SECTORS = GRAIN / SECTOR;
    private static final int TABLE_ENTRIES = 512;
    private static final int TABLE_SECTORS = 1 + TABLE_ENTRIES * 4 / SECTOR;
    private static final int HEAD_SECTORS = 128;
    private static final int DESCRIPTOR_SECTORS = 20;

    /// Of a stored block of zlib.
    private static final int BLOCK = 65_535;

    /// Two bytes before, a head of five for each of the two blocks, and the checksum.
    private static final int STREAM = 2 + 5 + BLOCK + 5 + GRAIN - BLOCK + 4;

    private static final int MARKER = 12;
    private static final int STORED_SECTORS = Math.ceilDiv(MARKER + STREAM, SECTOR);

    private static final int GRAIN_TABLE = 1;
    private static final int GRAIN_DIRECTORY = 2;
    private static final int FOOTER = 3;
    private static final long DIRECTORY_AT_END = -1;

    /// Sectors are numbered with 32 bits: with its tables it has less than 2 TiB.
    private static final ByteCount MAX_SIZE = ByteCount.ofGib(2000);

    private final ContentReader reader;
    private final Content disk;

    /// In spans of 32 MiB: as much as a grain table covers.
    private final StoredLeaves stored;

    private final long tablesStart;
    private final long directoryStart;
    private final int directorySectors;
    private final long footerStart;

    /// Reads the whole index, but no chunk.
    ///
    /// @throws StasisException `INVALID_REQUEST` if the disk is over 2,000 GiB
    public VmdkExport(ContentReader reader, Content disk) {
        this.reader = reader;
        this.disk = disk;
        this.stored =
                new StoredLeaves(reader.stored(disk, MAX_SIZE), new TreeShape(disk.size()).leafCount(), TABLE_ENTRIES);
        this.tablesStart = HEAD_SECTORS + (long) stored.count() * STORED_SECTORS;
        this.directoryStart = tablesStart + (long) stored.filled() * TABLE_SECTORS;
        this.directorySectors = Math.ceilDiv(stored.spans() * 4, SECTOR);
        this.footerStart = directoryStart + 1 + directorySectors;
    }

    @Override
    public ByteCount size() {
        // The footer has a marker; behind it comes the end of the stream.
        return ByteCount.ofBytes((footerStart + 3) * SECTOR);
    }

    @Override
    public void read(long offset, ByteBuffer into) {
        long at = offset;
        while (into.hasRemaining()) {
            long sector = at / SECTOR;
            byte[] piece;
            long start;
            if (sector < HEAD_SECTORS) {
                piece = head();
                start = 0;
            } else if (sector < tablesStart) {
                int grain = (int) ((sector - HEAD_SECTORS) / STORED_SECTORS);
                piece = grain(grain);
                start = HEAD_SECTORS + (long) grain * STORED_SECTORS;
            } else if (sector < directoryStart) {
                int table = (int) ((sector - tablesStart) / TABLE_SECTORS);
                piece = table(stored.filledSpan(table));
                start = tablesStart + (long) table * TABLE_SECTORS;
            } else if (sector < footerStart) {
                piece = directory();
                start = directoryStart;
            } else {
                piece = footer();
                start = footerStart;
            }
            int from = (int) (at - start * SECTOR);
            int count = Math.min(piece.length - from, into.remaining());
            into.put(piece, from, count);
            at += count;
        }
    }

    private byte[] head() {
        ByteBuffer bytes = allocate(HEAD_SECTORS);
        writeHeader(bytes, DIRECTORY_AT_END);
        bytes.position(SECTOR);
        bytes.put(descriptor().getBytes(StandardCharsets.US_ASCII));
        return bytes.array();
    }

    private void writeHeader(ByteBuffer bytes, long directory) {
        bytes.putInt(0x564d444b).putInt(3);
        // Lines end as they should, grains are compressed, there are markers.
        bytes.putInt(1 | 1 << 16 | 1 << 17);
        bytes.putLong(capacity()).putLong(GRAIN_SECTORS);
        bytes.putLong(1).putLong(DESCRIPTOR_SECTORS);
        bytes.putInt(TABLE_ENTRIES);
        bytes.putLong(0).putLong(directory).putLong(HEAD_SECTORS);
        bytes.put((byte) 0);
        bytes.put(new byte[] {'\n', ' ', '\r', '\n'});
        bytes.putShort((short) 1);
    }

    private String descriptor() {
        // Any number that is not "none"; the same for the same content.
        int id = (int) disk.index().digest().a() & 0x7fffffff;
        return """
                # Disk DescriptorFile
                version=1
                CID=%08x
                parentCID=ffffffff
                createType="streamOptimized"

                # Extent description
                RDONLY %d SPARSE "disk.vmdk"

                # The Disk Data Base
                #DDB

                ddb.adapterType = "lsilogic"
                ddb.geometry.cylinders = "%d"
                ddb.geometry.heads = "255"
                ddb.geometry.sectors = "63"
                ddb.virtualHWVersion = "8"
                """.formatted(id, capacity(), Math.min(65_535, Math.max(1, capacity() / (255 * 63))));
    }

    private long capacity() {
        return Math.ceilDiv(disk.size().bytes(), (long) SECTOR);
    }

    private byte[] grain(int number) {
        int leaf = stored.leaf(number);
        byte[] plain = new byte[GRAIN];
        long from = (long) leaf * GRAIN;
        int there = (int) Math.min(GRAIN, disk.size().bytes() - from);
        reader.read(disk, from, ByteBuffer.wrap(plain, 0, there));
        Adler32 checksum = new Adler32();
        checksum.update(plain);
        ByteBuffer bytes = allocate(STORED_SECTORS);
        bytes.putLong((long) leaf * GRAIN_SECTORS).putInt(STREAM);
        bytes.put((byte) 0x78).put((byte) 0x01);
        putBlock(bytes, 0, plain, 0, BLOCK);
        putBlock(bytes, 1, plain, BLOCK, GRAIN - BLOCK);
        bytes.order(ByteOrder.BIG_ENDIAN).putInt((int) checksum.getValue());
        return bytes.array();
    }

    private static void putBlock(ByteBuffer bytes, int isLast, byte[] plain, int from, int length) {
        bytes.put((byte) isLast).putShort((short) length).putShort((short) ~length);
        bytes.put(plain, from, length);
    }

    private byte[] table(int number) {
        ByteBuffer bytes = allocate(TABLE_SECTORS);
        writeMarker(bytes, TABLE_SECTORS - 1, GRAIN_TABLE);
        int grain = stored.countBefore(number);
        for (int leaf = number * TABLE_ENTRIES; bytes.hasRemaining(); leaf++) {
            bytes.putInt(stored.isStored(leaf) ? HEAD_SECTORS + grain++ * STORED_SECTORS : 0);
        }
        return bytes.array();
    }

    private byte[] directory() {
        ByteBuffer bytes = allocate(1 + directorySectors);
        writeMarker(bytes, directorySectors, GRAIN_DIRECTORY);
        for (int table = 0; table < stored.spans(); table++) {
            long start = tablesStart + (long) stored.filledBefore(table) * TABLE_SECTORS;
            bytes.putInt(stored.isFilled(table) ? (int) start + 1 : 0);
        }
        return bytes.array();
    }

    private byte[] footer() {
        ByteBuffer bytes = allocate(3);
        writeMarker(bytes, 1, FOOTER);
        writeHeader(bytes, directoryStart + 1);
        return bytes.array();
    }

    /// One that stands in a sector of its own.
    private static void writeMarker(ByteBuffer bytes, int sectors, int type) {
        bytes.putLong(sectors).putInt(0).putInt(type);
        bytes.position(SECTOR);
    }

    private static ByteBuffer allocate(int sectors) {
        return ByteBuffer.allocate(sectors * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    }
}
