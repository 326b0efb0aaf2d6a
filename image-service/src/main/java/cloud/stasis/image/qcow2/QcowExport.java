package cloud.stasis.image.qcow2;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.QcowHeader;
import cloud.stasis.chunks.StoredLeaves;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import java.nio.ByteBuffer;

/// A qcow2 file over content: nothing of it exists until it is read, and any range of it can be read. The same
/// content always gives the same file.
///
/// ```
/// header | refcount table | refcount blocks | L1 | L2 tables | data
///    1        clusters of 64 KiB each; an L2 table only where there is data, data in the order of the disk
/// ```
/// Every cluster is used exactly once. A data cluster is a leaf of the content, so that a file of a disk of zeros
/// has a handful of clusters whatever the size of the disk.
///
/// Memory: a bit for each leaf and 8 bytes for each 512 MiB of the disk, 2 MiB for 1 TiB.
public final class QcowExport implements ContentSource {
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = TreeShape.LEAF_BYTES;
    private static final int VERSION = 3;
    private static final int HEADER_BYTES = 104;
    private static final int REFCOUNT_ORDER = 4;
    private static final int REFCOUNTS_IN_BLOCK = CLUSTER / 2;
    private static final int ENTRIES = CLUSTER / 8;
    private static final int SECTOR = 512;
    private static final long COPIED = 1L << 63;

    private final ContentReader reader;
    private final Content disk;

    /// In spans of 512 MiB: as much as an L2 table covers.
    private final StoredLeaves stored;

    private final long l1Clusters;
    private final long refcountTableClusters;
    private final long refcountBlocks;
    private final long l1Start;
    private final long l2Start;
    private final long dataStart;
    private final long clusters;

    /// Reads the whole index, but no chunk.
    ///
    /// @throws cloud.stasis.model.StasisException `INVALID_REQUEST` if the disk is over
    /// [QcowHeader#MAX_VIRTUAL_SIZE]
    public QcowExport(ContentReader reader, Content disk) {
        this.reader = reader;
        this.disk = disk;
        this.stored = new StoredLeaves(
                reader.stored(disk, QcowHeader.MAX_VIRTUAL_SIZE), new TreeShape(disk.size()).leafCount(), ENTRIES);
        this.l1Clusters = Math.ceilDiv(stored.spans() * 8L, CLUSTER);
        long rest = 1 + l1Clusters + stored.filled() + stored.count();
        long blocks = 1;
        long tables = 1;
        // Refcounts count themselves: grows until it fits.
        while (Math.ceilDiv(rest + blocks + tables, REFCOUNTS_IN_BLOCK) > blocks || blocks > tables * ENTRIES) {
            blocks = Math.ceilDiv(rest + blocks + tables, REFCOUNTS_IN_BLOCK);
            tables = Math.ceilDiv(blocks, ENTRIES);
        }
        this.refcountBlocks = blocks;
        this.refcountTableClusters = tables;
        this.l1Start = 1 + tables + blocks;
        this.l2Start = l1Start + l1Clusters;
        this.dataStart = l2Start + stored.filled();
        this.clusters = dataStart + stored.count();
    }

    @Override
    public ByteCount size() {
        return ByteCount.ofBytes(clusters * CLUSTER);
    }

    @Override
    public void read(long offset, ByteBuffer into) {
        long at = offset;
        while (into.hasRemaining()) {
            long cluster = at / CLUSTER;
            int inCluster = (int) (at % CLUSTER);
            if (cluster >= dataStart) {
                at += readData(cluster - dataStart, inCluster, into);
            } else {
                int count = Math.min(CLUSTER - inCluster, into.remaining());
                into.put(metadata(cluster), inCluster, count);
                at += count;
            }
        }
    }

    /// Reads from the data cluster `number` on as far as its neighbours in the file are neighbours on the disk.
    private int readData(long number, int inCluster, ByteBuffer into) {
        int leaf = stored.leaf((int) number);
        int end = stored.endOfRun(leaf);
        long from = (long) leaf * CLUSTER + inCluster;
        int count = (int) Math.min(into.remaining(), (long) end * CLUSTER - from);
        int there = (int) Math.min(count, Math.max(0, disk.size().bytes() - from));
        ByteBuffer piece = into.slice(into.position(), there);
        reader.read(disk, from, piece);
        into.position(into.position() + there);
        // The last cluster is whole even if the disk is not.
        into.put(new byte[count - there]);
        return count;
    }

    private byte[] metadata(long cluster) {
        ByteBuffer bytes = ByteBuffer.allocate(CLUSTER);
        if (cluster == 0) {
            writeHeader(bytes);
        } else if (cluster < 1 + refcountTableClusters) {
            writeRefcountTable(bytes, cluster - 1);
        } else if (cluster < l1Start) {
            writeRefcounts(bytes, cluster - 1 - refcountTableClusters);
        } else if (cluster < l2Start) {
            writeL1(bytes, cluster - l1Start);
        } else {
            writeL2(bytes, (int) (cluster - l2Start));
        }
        return bytes.array();
    }

    private void writeHeader(ByteBuffer bytes) {
        bytes.putInt(0x514649fb).putInt(VERSION);
        bytes.putLong(0).putInt(0);
        bytes.putInt(CLUSTER_BITS);
        bytes.putLong(Math.ceilDiv(disk.size().bytes(), SECTOR) * SECTOR);
        bytes.putInt(0);
        bytes.putInt(stored.spans()).putLong(l1Start * CLUSTER);
        bytes.putLong(CLUSTER).putInt((int) refcountTableClusters);
        bytes.putInt(0).putLong(0);
        bytes.putLong(0).putLong(0).putLong(0);
        bytes.putInt(REFCOUNT_ORDER).putInt(HEADER_BYTES);
    }

    private void writeRefcountTable(ByteBuffer bytes, long number) {
        for (long block = number * ENTRIES; block < refcountBlocks && bytes.hasRemaining(); block++) {
            bytes.putLong((1 + refcountTableClusters + block) * CLUSTER);
        }
    }

    private void writeRefcounts(ByteBuffer bytes, long number) {
        for (long cluster = number * REFCOUNTS_IN_BLOCK; cluster < clusters && bytes.hasRemaining(); cluster++) {
            bytes.putShort((short) 1);
        }
    }

    private void writeL1(ByteBuffer bytes, long number) {
        for (int span = (int) number * ENTRIES; span < stored.spans() && bytes.hasRemaining(); span++) {
            bytes.putLong(stored.isFilled(span) ? (l2Start + stored.filledBefore(span)) * CLUSTER | COPIED : 0);
        }
    }

    private void writeL2(ByteBuffer bytes, int number) {
        int span = stored.filledSpan(number);
        long data = dataStart + stored.countBefore(span);
        for (int leaf = span * ENTRIES; bytes.hasRemaining(); leaf++) {
            bytes.putLong(stored.isStored(leaf) ? data++ * CLUSTER | COPIED : 0);
        }
    }
}
