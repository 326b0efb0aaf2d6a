package cloud.stasis.image.vmdk;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/// The header of a sparse VMDK file that stands alone. All places are in sectors of the file, and within it.
///
/// @param capacity sectors of the disk
/// @param grain sectors of a grain
/// @param descriptor the first sector of the text, and `descriptorSectors` how many it has
/// @param directory of the grain tables
/// @param copy of the directory, if the file has its tables twice
/// @param data where grains begin: before are the header, the descriptor, and the tables unless they follow the
/// data
/// @param zeroedGrains whether 1 in a table means zeros
record VmdkHeader(
        Kind kind,
        long capacity,
        int grain,
        long descriptor,
        int descriptorSectors,
        long directory,
        OptionalLong copy,
        long data,
        boolean zeroedGrains) {
    static final int SECTOR = 512;

    /// Entries of a grain table.
    static final int TABLE_ENTRIES = 512;

    static final int TABLE_SECTORS = TABLE_ENTRIES * 4 / SECTOR;

    /// "KDMV".
    static final int MAGIC = 0x564d444b;

    enum Kind {
        /// As disks in an OVA are: compressed grains with markers before them, in the order of the disk.
        STREAM_OPTIMIZED("streamOptimized"),
        /// As a machine uses it: plain grains in any order.
        MONOLITHIC_SPARSE("monolithicSparse");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }
    }

    /// The largest disk.
    private static final ByteCount MAX_SIZE = ByteCount.ofGib(16 * 1024);

    private static final int MIN_GRAIN = 8;
    private static final int MAX_GRAIN = 2048;

    /// The directory is kept in memory, 4 bytes for each table. With grains of 64 KiB it would be 32 TiB, with the
    /// smallest it is 2 TiB, of which sectors have numbers.
    private static final long MAX_TABLES = 1 << 20;

    /// Those in use have 20 sectors.
    private static final int MAX_DESCRIPTOR = 128;

    private static final int MAX_VERSION = 3;
    private static final int NEWLINE_TEST = 1;
    private static final int TABLES_TWICE = 1 << 1;
    private static final int ZEROED_GRAINS = 1 << 2;
    private static final int COMPRESSED = 1 << 16;
    private static final int MARKERS = 1 << 17;
    private static final int KNOWN_FLAGS = NEWLINE_TEST | TABLES_TWICE | ZEROED_GRAINS | COMPRESSED | MARKERS;

    private static final int DEFLATE = 1;

    /// What a transfer in text mode would have changed.
    private static final int NEWLINES = '\n' | ' ' << 8 | '\r' << 16 | '\n' << 24;

    private static final int DIRECTORY_AT = 56;
    private static final long AT_END = -1;

    /// A marker, the footer, and the end of the stream.
    private static final int FOOTER_SECTORS = 3;

    private static final int FOOTER = 3;

    /// Reads the header, and the footer if the place of the directory is told there.
    ///
    /// @throws StasisException `HOSTILE_IMAGE`
    static VmdkHeader read(ContentSource file) throws IOException {
        long sectors = file.size().bytes() / SECTOR;
        require(sectors > 1, "it has no VMDK header");
        ByteBuffer head = sectors(file, 0, 1);
        VmdkHeader header = parse(head, sectors);
        if (head.getLong(DIRECTORY_AT) != AT_END) {
            return header.checked(sectors);
        }
        require(header.kind == Kind.STREAM_OPTIMIZED, "its directory is nowhere");
        require(sectors > header.data + FOOTER_SECTORS, "it is cut off");
        ByteBuffer end = sectors(file, sectors - FOOTER_SECTORS, FOOTER_SECTORS);
        require(end.getInt(8) == 0 && end.getInt(12) == FOOTER, "it is cut off: it does not end with a footer");
        require(
                end.getLong(2 * SECTOR) == 0 && end.getLong(2 * SECTOR + 8) == 0,
                "it is cut off: it does not end with the end of a stream");
        VmdkHeader footer = parse(end.slice(SECTOR, SECTOR).order(ByteOrder.LITTLE_ENDIAN), sectors);
        require(
                footer.kind == header.kind
                        && footer.capacity == header.capacity
                        && footer.grain == header.grain
                        && footer.zeroedGrains == header.zeroedGrains,
                "its header and its footer contradict each other");
        return header.with(footer).checked(sectors);
    }

    /// Sectors of the file in the byte order of the format.
    static ByteBuffer sectors(ContentSource file, long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        file.read(from * SECTOR, bytes);
        return bytes.flip();
    }

    private static VmdkHeader parse(ByteBuffer in, long fileSectors) {
        require(in.getInt(0) == MAGIC, "it has no VMDK header");
        int version = in.getInt(4);
        require(version >= 1 && version <= MAX_VERSION, "its version is none from 1 to " + MAX_VERSION);
        int flags = in.getInt(8);
        require((flags & ~KNOWN_FLAGS) == 0, "it needs a feature that is not known here");
        boolean compressed = (flags & COMPRESSED) != 0;
        require(compressed == ((flags & MARKERS) != 0), "it is compressed without markers, or has markers for nothing");
        require(in.getShort(77) == (compressed ? DEFLATE : 0), "its compression is not known here");
        require(in.getInt(73) == NEWLINES, "its header is damaged");
        long capacity = in.getLong(12);
        require(
                capacity > 0 && capacity <= MAX_SIZE.bytes() / SECTOR,
                "its capacity is not a number of sectors up to " + MAX_SIZE.gibRoundedUp() + " GiB");
        long grain = in.getLong(20);
        require(
                grain >= MIN_GRAIN && grain <= MAX_GRAIN && Long.bitCount(grain) == 1,
                "the size of its grains is out of bounds");
        require(in.getInt(44) == TABLE_ENTRIES, "its tables have not " + TABLE_ENTRIES + " entries");
        long descriptor = in.getLong(28);
        long descriptorSize = in.getLong(36);
        require(
                descriptor >= 1
                        && descriptorSize >= 1
                        && descriptorSize <= MAX_DESCRIPTOR
                        && descriptor <= fileSectors - descriptorSize,
                "it has no descriptor in it, or one that is out of bounds");
        long data = in.getLong(64);
        require(data >= descriptor + descriptorSize && data <= fileSectors, "its grains begin out of bounds");
        return new VmdkHeader(
                compressed ? Kind.STREAM_OPTIMIZED : Kind.MONOLITHIC_SPARSE,
                capacity,
                (int) grain,
                descriptor,
                (int) descriptorSize,
                in.getLong(DIRECTORY_AT),
                (flags & TABLES_TWICE) != 0 ? OptionalLong.of(in.getLong(48)) : OptionalLong.empty(),
                data,
                (flags & ZEROED_GRAINS) != 0);
    }

    private VmdkHeader with(VmdkHeader footer) {
        return new VmdkHeader(
                kind,
                capacity,
                grain,
                descriptor,
                descriptorSectors,
                footer.directory,
                footer.copy,
                data,
                zeroedGrains);
    }

    private VmdkHeader checked(long fileSectors) {
        require(tables() <= MAX_TABLES, "its grains are too small for its capacity");
        checkDirectory(directory, fileSectors);
        copy.ifPresent(place -> checkDirectory(place, fileSectors));
        return this;
    }

    private void checkDirectory(long place, long fileSectors) {
        require(
                place >= 1 && place <= tablesEnd(fileSectors) - directorySectors(),
                "its directory does not lie inside the file");
    }

    /// Where the last table ends at the latest: plain grains follow all tables.
    long tablesEnd(long fileSectors) {
        return kind == Kind.MONOLITHIC_SPARSE ? data : fileSectors;
    }

    /// How many grain tables there can be.
    int tables() {
        return Math.toIntExact(Math.ceilDiv(capacity, (long) grain * TABLE_ENTRIES));
    }

    int directorySectors() {
        return Math.ceilDiv(tables() * 4, SECTOR);
    }

    int grainBytes() {
        return grain * SECTOR;
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw hostile(otherwise);
        }
    }

    static StasisException hostile(String why) {
        return new StasisException(ErrorCode.HOSTILE_IMAGE, "the image is not accepted as vmdk: " + why);
    }
}
