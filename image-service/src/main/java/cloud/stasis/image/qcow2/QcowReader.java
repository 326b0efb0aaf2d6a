package cloud.stasis.image.qcow2;

import static cloud.stasis.chunks.QcowHeader.require;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.QcowHeader;
import cloud.stasis.image.disk.DiskImage;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Finds and reads the clusters of a qcow2 image, from the beginning to the end of the disk. Believes nothing:
/// every offset is checked before it is followed. What a guest cluster costs is bounded by what it holds, and
/// the whole by the size of the file: plain clusters together are no more than the file has, compressed ones
/// expand on average no more than [#MAX_EXPANSION]-fold.
final class QcowReader implements DiskImage {
    /// Where a guest cluster is.
    private sealed interface Cluster {
        /// Reads as zeros.
        record Zero() implements Cluster {}

        /// As it is, from `offset` of the file on.
        record Plain(long offset) implements Cluster {}

        record Compressed(long offset, int length) implements Cluster {}

        /// In 32 pieces, of which each is plain (bit of `allocated`) or zeros.
        record Pieces(long offset, int allocated) implements Cluster {}
    }

    /// Images that compress better than this on average are not made by accident: zeros are never compressed.
    private static final long MAX_EXPANSION = 1000;

    private static final Cluster ZERO = new Cluster.Zero();
    private static final long OFFSET_MASK = 0x00fffffffffffe00L;
    private static final long COPIED = 1L << 63;
    private static final long COMPRESSED = 1L << 62;
    private static final long ALL_ZEROS = 1;
    private static final int PIECES = 32;
    private static final int SECTOR = 512;

    private final QcowHeader header;
    private final ContentSource file;
    private final long fileSize;
    private final long[] l1;
    private final Inflater inflater = new Inflater(true);

    private long[] l2 = {};
    private long l2Index = -1;
    private long plainBytes;
    private long expandedBytes;
    private byte[] expanded = {};
    private long expandedCluster = -1;

    QcowReader(QcowHeader header, ContentSource file) throws IOException {
        this.header = header;
        this.file = file;
        this.fileSize = file.size().bytes();
        this.l1 = readTable(header.l1Offset(), header.l1Entries());
    }

    @Override
    public ByteCount size() {
        return header.virtualSize();
    }

    /// A cluster.
    @Override
    public int unitBytes() {
        return header.clusterSize();
    }

    @Override
    public long hole(long guest) throws IOException {
        long end = guest;
        long size = header.virtualSize().bytes();
        long span = (long) header.clusterSize() * header.l2Entries();
        while (end < size) {
            int index = (int) (end / span);
            if (l1[index] == 0) {
                end = (index + 1) * span;
            } else if (cluster(end / header.clusterSize()) instanceof Cluster.Zero) {
                end = (end / header.clusterSize() + 1) * header.clusterSize();
            } else {
                break;
            }
        }
        return Math.min(end, size) - guest;
    }

    @Override
    public OptionalLong plain(long guest) throws IOException {
        return cluster(guest / header.clusterSize()) instanceof Cluster.Plain plain
                ? OptionalLong.of(plain.offset() + guest % header.clusterSize())
                : OptionalLong.empty();
    }

    /// Where guest cluster `index` is.
    private Cluster cluster(long index) throws IOException {
        int entry = (int) (index % header.l2Entries());
        loadL2(index / header.l2Entries());
        if (l2.length == 0) {
            return ZERO;
        }
        return header.extendedL2() ? extended(l2[2 * entry], l2[2 * entry + 1]) : standard(l2[entry]);
    }

    @Override
    public void read(long guest, byte[] into, int at, int length) throws IOException {
        long index = guest / header.clusterSize();
        int inCluster = (int) (guest % header.clusterSize());
        switch (cluster(index)) {
            case Cluster.Zero _ -> Arrays.fill(into, at, at + length, (byte) 0);
            case Cluster.Plain plain -> readPlain(plain.offset + inCluster, into, at, length);
            case Cluster.Compressed compressed -> {
                expand(index, compressed);
                System.arraycopy(expanded, inCluster, into, at, length);
            }
            case Cluster.Pieces pieces -> readPieces(pieces, inCluster, into, at, length);
        }
    }

    @Override
    public void use(int length) {
        plainBytes += length;
        require(plainBytes <= fileSize + header.clusterSize(), "it uses the same clusters many times");
    }

    /// What is behind the clusters of the disk is nobody's.
    @Override
    public void finish() {}

    @Override
    public void close() {
        inflater.end();
    }

    private Cluster standard(long entry) {
        if ((entry & COMPRESSED) != 0) {
            return compressed(entry);
        }
        require((entry & ~(OFFSET_MASK | COPIED | ALL_ZEROS)) == 0, "an L2 entry has unknown bits");
        if ((entry & ALL_ZEROS) != 0) {
            require(header.version() >= 3, "an L2 entry has unknown bits");
            return ZERO;
        }
        long offset = entry & OFFSET_MASK;
        return offset == 0 ? ZERO : new Cluster.Plain(checked(offset));
    }

    private Cluster extended(long entry, long bitmap) {
        if ((entry & COMPRESSED) != 0) {
            require(bitmap == 0, "a compressed cluster has pieces");
            return compressed(entry);
        }
        require((entry & ~(OFFSET_MASK | COPIED)) == 0, "an L2 entry has unknown bits");
        int allocated = (int) bitmap;
        int zeros = (int) (bitmap >>> PIECES);
        require((allocated & zeros) == 0, "a piece of a cluster is both plain and zeros");
        if (allocated == 0) {
            return ZERO;
        }
        long offset = checked(entry & OFFSET_MASK);
        return allocated == -1 ? new Cluster.Plain(offset) : new Cluster.Pieces(offset, allocated);
    }

    private Cluster compressed(long entry) {
        int offsetBits = 62 - (header.clusterBits() - 8);
        long offset = entry & ((1L << offsetBits) - 1);
        int sectors = (int) ((entry & ~(COPIED | COMPRESSED)) >>> offsetBits) + 1;
        require(offset >= header.clusterSize() && offset < fileSize, "a compressed cluster lies outside of the file");
        int length = (int) Math.min(sectors * SECTOR - offset % SECTOR, fileSize - offset);
        return new Cluster.Compressed(offset, length);
    }

    private long checked(long offset) {
        require(
                offset >= header.clusterSize() && offset % header.clusterSize() == 0 && offset < fileSize,
                "a cluster does not lie inside the file");
        return offset;
    }

    /// Beyond the end of the file there are zeros: the last cluster of an image may be cut off.
    private void readPlain(long offset, byte[] into, int at, int length) throws IOException {
        use(length);
        int there = Math.clamp(fileSize - offset, 0, length);
        if (there > 0) {
            file.read(offset, ByteBuffer.wrap(into, at, there));
        }
        Arrays.fill(into, at + there, at + length, (byte) 0);
    }

    private void readPieces(Cluster.Pieces pieces, int inCluster, byte[] into, int at, int length) throws IOException {
        int pieceSize = header.clusterSize() / PIECES;
        for (int done = 0; done < length; ) {
            int position = inCluster + done;
            int piece = position / pieceSize;
            int count = Math.min(length - done, (piece + 1) * pieceSize - position);
            if ((pieces.allocated & 1 << piece) != 0) {
                readPlain(pieces.offset + position, into, at + done, count);
            } else {
                Arrays.fill(into, at + done, at + done + count, (byte) 0);
            }
            done += count;
        }
    }

    private void expand(long index, Cluster.Compressed compressed) throws IOException {
        if (expandedCluster == index) {
            return;
        }
        expandedBytes += header.clusterSize();
        require(expandedBytes / MAX_EXPANSION <= fileSize, "it expands more than " + MAX_EXPANSION + "-fold");
        byte[] bytes = new byte[compressed.length];
        file.read(compressed.offset, ByteBuffer.wrap(bytes));
        expanded = new byte[header.clusterSize()];
        switch (header.compression()) {
            case ZLIB -> inflate(bytes);
            case ZSTD -> ZstdCluster.decompress(bytes, expanded);
        }
        expandedCluster = index;
    }

    private void inflate(byte[] bytes) {
        inflater.reset();
        inflater.setInput(bytes);
        int done = 0;
        try {
            while (done < expanded.length) {
                int count = inflater.inflate(expanded, done, expanded.length - done);
                require(count > 0, "a compressed cluster is cut off");
                done += count;
            }
        } catch (DataFormatException e) {
            throw QcowHeader.hostile("a compressed cluster does not decompress");
        }
    }

    private void loadL2(long index) throws IOException {
        if (index == l2Index) {
            return;
        }
        long entry = l1[(int) index];
        require((entry & ~(OFFSET_MASK | COPIED)) == 0, "an L1 entry has unknown bits");
        l2 = entry == 0 ? new long[0] : readTable(checked(entry & OFFSET_MASK), header.clusterSize() / 8);
        l2Index = index;
    }

    private long[] readTable(long offset, int entries) throws IOException {
        require(offset <= fileSize - entries * 8L, "a table does not lie inside the file");
        ByteBuffer bytes = ByteBuffer.allocate(entries * 8);
        file.read(offset, bytes);
        long[] table = new long[entries];
        bytes.flip().asLongBuffer().get(table);
        return table;
    }
}
