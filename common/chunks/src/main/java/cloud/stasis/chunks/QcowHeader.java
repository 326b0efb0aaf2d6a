package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;

/// The header of a qcow2 image that stands alone: version 2 or 3, no backing file, no data file, no encryption,
/// no feature that we do not know, all tables inside the file, all sizes within bounds.
///
/// @param l1Entries entries of the active L1 table that are in use
public record QcowHeader(
        int version,
        int clusterBits,
        ByteCount virtualSize,
        long l1Offset,
        int l1Entries,
        Compression compression,
        boolean extendedL2) {
    /// How many bytes of an image must be there to read its header; a shorter file is no image.
    public static final int MAX_BYTES = 64 * 1024;

    /// The largest disk that is taken in or given out.
    public static final ByteCount MAX_VIRTUAL_SIZE = ByteCount.ofGib(16 * 1024);

    public enum Compression {
        ZLIB,
        ZSTD
    }

    private static final int MAGIC = 0x514649fb;
    private static final int MIN_CLUSTER_BITS = 9;
    private static final int MAX_CLUSTER_BITS = 21;
    private static final int MIN_EXTENDED_CLUSTER_BITS = 14;
    private static final int VERSION_2_BYTES = 72;
    private static final int VERSION_3_BYTES = 104;
    private static final int SECTOR = 512;

    /// As QEMU has them.
    private static final long MAX_L1_BYTES = 32L << 20;

    private static final long MAX_REFCOUNT_TABLE_BYTES = 8L << 20;
    private static final int MAX_REFCOUNT_ORDER = 6;
    private static final int MAX_SNAPSHOTS = 65_536;

    private static final long FEATURE_DIRTY = 1;
    private static final long FEATURE_CORRUPT = 1 << 1;
    private static final long FEATURE_DATA_FILE = 1 << 2;
    private static final long FEATURE_COMPRESSION = 1 << 3;
    private static final long FEATURE_EXTENDED_L2 = 1 << 4;
    private static final long KNOWN_FEATURES =
            FEATURE_DIRTY | FEATURE_CORRUPT | FEATURE_DATA_FILE | FEATURE_COMPRESSION | FEATURE_EXTENDED_L2;

    private static final int EXTENSION_END = 0;
    private static final int EXTENSION_ENCRYPTION = 0x0537be77;
    private static final int EXTENSION_DATA_FILE = 0x44415441;

    public int clusterSize() {
        return 1 << clusterBits;
    }

    /// Entries in an L2 table.
    public int l2Entries() {
        return clusterSize() / (extendedL2 ? 16 : 8);
    }

    /// Whether these are the first bytes of a qcow2 image, of whatever version.
    public static boolean isQcow(ByteBuffer head) {
        return head.remaining() >= 4 && head.getInt(head.position()) == MAGIC;
    }

    /// @param head the first bytes of the file, at most [#MAX_BYTES]
    /// @throws StasisException `HOSTILE_IMAGE`
    public static QcowHeader parse(ByteBuffer head, ByteCount fileSize) {
        ByteBuffer in = head.slice();
        require(in.remaining() >= VERSION_2_BYTES && in.getInt(0) == MAGIC, "it has no qcow2 header");
        int version = in.getInt(4);
        require(version == 2 || version == 3, "its version is neither 2 nor 3");
        require(in.getLong(8) == 0 && in.getInt(16) == 0, "it names a backing file");
        require(in.getInt(32) == 0, "it is encrypted");
        int clusterBits = in.getInt(20);
        require(
                clusterBits >= MIN_CLUSTER_BITS && clusterBits <= MAX_CLUSTER_BITS,
                "its cluster size is out of bounds");
        long size = in.getLong(24);
        require(
                size >= 0 && size <= MAX_VIRTUAL_SIZE.bytes() && size % SECTOR == 0,
                "its virtual size is not a number of sectors up to " + MAX_VIRTUAL_SIZE.gibRoundedUp() + " GiB");
        int headerLength = version == 2 ? VERSION_2_BYTES : headerLength(in, 1 << clusterBits);
        long features = version == 2 ? 0 : features(in, clusterBits);
        boolean extended = (features & FEATURE_EXTENDED_L2) != 0;
        checkExtensions(in, headerLength, 1 << clusterBits);
        checkTables(in, version, clusterBits, fileSize);
        QcowHeader header = new QcowHeader(
                version,
                clusterBits,
                ByteCount.ofBytes(size),
                in.getLong(40),
                0,
                compression(in, features, headerLength),
                extended);
        return header.withL1(in.getInt(36), fileSize);
    }

    private QcowHeader withL1(int entries, ByteCount fileSize) {
        long span = (long) clusterSize() * l2Entries();
        long needed = Math.ceilDiv(virtualSize.bytes(), span);
        require(entries >= needed && entries * 8L <= MAX_L1_BYTES, "its L1 table does not fit its size");
        checkTable("L1 table", l1Offset, entries * 8L, clusterSize(), fileSize);
        return new QcowHeader(version, clusterBits, virtualSize, l1Offset, (int) needed, compression, extendedL2);
    }

    private static int headerLength(ByteBuffer in, int clusterSize) {
        require(in.remaining() >= VERSION_3_BYTES, "it has no qcow2 header");
        int length = in.getInt(100);
        require(
                length >= VERSION_3_BYTES && length <= Math.min(clusterSize, in.remaining()) && length % 8 == 0,
                "the length of its header is out of bounds");
        return length;
    }

    private static long features(ByteBuffer in, int clusterBits) {
        long features = in.getLong(72);
        require((features & FEATURE_DATA_FILE) == 0, "it names a data file");
        require((features & FEATURE_CORRUPT) == 0, "it is marked as corrupt: repair it with qemu-img check -r all");
        require((features & ~KNOWN_FEATURES) == 0, "it needs a feature that is not known here");
        require(
                (features & FEATURE_EXTENDED_L2) == 0 || clusterBits >= MIN_EXTENDED_CLUSTER_BITS,
                "its clusters are too small for extended L2 entries");
        int refcountOrder = in.getInt(96);
        require(
                refcountOrder >= 0 && refcountOrder <= MAX_REFCOUNT_ORDER,
                "the width of its refcounts is out of bounds");
        return features;
    }

    private static Compression compression(ByteBuffer in, long features, int headerLength) {
        int type = headerLength > VERSION_3_BYTES ? in.get(104) : 0;
        require(
                (type != 0) == ((features & FEATURE_COMPRESSION) != 0),
                "its compression type contradicts its features");
        return switch (type) {
            case 0 -> Compression.ZLIB;
            case 1 -> Compression.ZSTD;
            default -> throw hostile("its compression type is not known here");
        };
    }

    private static void checkExtensions(ByteBuffer in, int start, int clusterSize) {
        int end = Math.min(clusterSize, in.limit());
        int at = start;
        while (at + 8 <= end) {
            int type = in.getInt(at);
            int length = in.getInt(at + 4);
            if (type == EXTENSION_END) {
                return;
            }
            require(type != EXTENSION_DATA_FILE, "it names a data file");
            require(type != EXTENSION_ENCRYPTION, "it is encrypted");
            require(length >= 0 && length <= end - at - 8, "an extension of its header is out of bounds");
            at += 8 + (length + 7) / 8 * 8;
        }
    }

    private static void checkTables(ByteBuffer in, int version, int clusterBits, ByteCount fileSize) {
        int clusterSize = 1 << clusterBits;
        long refcountBytes = Integer.toUnsignedLong(in.getInt(56)) << clusterBits;
        require(
                refcountBytes > 0 && refcountBytes <= MAX_REFCOUNT_TABLE_BYTES,
                "the size of its refcount table is out of bounds");
        checkTable("refcount table", in.getLong(48), refcountBytes, clusterSize, fileSize);
        int snapshots = in.getInt(60);
        require(snapshots >= 0 && snapshots <= MAX_SNAPSHOTS, "it has too many internal snapshots");
        if (snapshots > 0) {
            checkTable("snapshot table", in.getLong(64), 1, clusterSize, fileSize);
        }
    }

    private static void checkTable(String what, long offset, long length, int clusterSize, ByteCount fileSize) {
        if (length == 0) {
            return;
        }
        require(
                offset >= clusterSize && offset % clusterSize == 0 && offset <= fileSize.bytes() - length,
                "its " + what + " does not lie inside the file");
    }

    public static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw hostile(otherwise);
        }
    }

    public static StasisException hostile(String why) {
        return new StasisException(ErrorCode.HOSTILE_IMAGE, "the image is not accepted as qcow2: " + why);
    }
}
