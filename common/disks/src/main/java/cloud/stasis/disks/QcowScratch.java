package cloud.stasis.disks;

import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// A qcow2 file into which a hypervisor copies parts of a disk, and out of which they are read, without a process
/// for either: one is made and read many times a second.
///
/// ```
///  cluster  0 header │ 1 refcount table │ 2 refcount block │ 3 ... L1 │ the hypervisor's
/// ```
///
/// A raw file would not do: a part of the disk that holds zeros is a hole there, like one that was not copied.
public final class QcowScratch {
    /// What a hypervisor copies at once, too.
    public static final int CLUSTER = 1 << 16;

    private static final int CLUSTER_BITS = 16;
    private static final int MAGIC = 0x514649FB;
    private static final int VERSION = 3;
    private static final int HEADER_BYTES = 104;
    private static final int REFCOUNT_ORDER = 4;
    private static final int FIRST_OF_L1 = 3;
    private static final int ENTRIES = CLUSTER / Long.BYTES;
    private static final long MAPPED_BY_L2 = (long) ENTRIES * CLUSTER;
    private static final long COMPRESSED = 1L << 62;
    private static final long READS_AS_ZEROS = 1;
    private static final long OFFSET = 0x00fffffffffffe00L;

    /// A part that was copied.
    ///
    /// @param extent of the disk
    /// @param at where its bytes are in the file; negative if they are zeros
    public record Part(Extent extent, long at) {
        public boolean isZeros() {
            return at < 0;
        }
    }

    private QcowScratch() {}

    /// Makes an empty one; one of that name is replaced.
    public static void create(Path file, ByteCount size) {
        int entries = Math.toIntExact(Math.ceilDiv(size.bytes(), MAPPED_BY_L2));
        int clustersOfL1 = Math.max(1, Math.ceilDiv(entries, ENTRIES));
        int clusters = FIRST_OF_L1 + clustersOfL1;
        ByteBuffer head = ByteBuffer.allocate(clusters * CLUSTER);
        head.putInt(MAGIC)
                .putInt(VERSION)
                .putLong(0) // no backing file
                .putInt(0)
                .putInt(CLUSTER_BITS)
                .putLong(size.bytes())
                .putInt(0) // not encrypted
                .putInt(entries)
                .putLong((long) FIRST_OF_L1 * CLUSTER)
                .putLong(CLUSTER)
                .putInt(1) // clusters of the refcount table
                .putInt(0) // snapshots
                .putLong(0)
                .putLong(0)
                .putLong(0)
                .putLong(0) // no features
                .putInt(REFCOUNT_ORDER)
                .putInt(HEADER_BYTES);
        head.putLong(CLUSTER, 2L * CLUSTER);
        for (int cluster = 0; cluster < clusters; cluster++) {
            head.putShort(2 * CLUSTER + Short.BYTES * cluster, (short) 1);
        }
        HostFiles.delete(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE)) {
            Channels.drain(head.rewind(), channel);
        } catch (IOException e) {
            throw HostFiles.failure("make a scratch file", e);
        }
    }

    /// What was copied, in order. Nobody has the file open any more.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if it is not one of ours
    public static List<Part> parts(FileChannel file) throws IOException {
        ByteBuffer header = read(file, 0, HEADER_BYTES);
        if (header.getInt() != MAGIC) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a scratch file is not what was made");
        }
        ByteCount size = ByteCount.ofBytes(header.getLong(24));
        int entries = header.getInt(36);
        ByteBuffer l1 = read(file, header.getLong(40), Math.multiplyExact(entries, Long.BYTES));
        List<Part> parts = new ArrayList<>();
        for (int table = 0; table < entries; table++) {
            long l2 = l1.getLong() & OFFSET;
            if (l2 != 0) {
                parts(read(file, l2, CLUSTER), table * MAPPED_BY_L2, size, parts);
            }
        }
        return parts;
    }

    private static void parts(ByteBuffer l2, long first, ByteCount size, List<Part> into) {
        for (int number = 0; number < ENTRIES; number++) {
            long entry = l2.getLong();
            long offset = first + (long) number * CLUSTER;
            if (entry == 0 || offset >= size.bytes()) {
                continue;
            }
            if ((entry & COMPRESSED) != 0) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a scratch file is not what was made");
            }
            Extent extent = new Extent(offset, Math.min(CLUSTER, size.bytes() - offset));
            into.add(new Part(extent, (entry & READS_AS_ZEROS) != 0 ? -1 : entry & OFFSET));
        }
    }

    private static ByteBuffer read(FileChannel file, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, at + bytes.position()) < 0) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a scratch file ends too early");
            }
        }
        return bytes.flip();
    }
}
