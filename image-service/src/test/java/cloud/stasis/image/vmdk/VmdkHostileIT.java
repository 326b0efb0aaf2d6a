package cloud.stasis.image.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.image.qcow2.QemuImg;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that nobody makes by accident, each good but for one thing.
class VmdkHostileIT {
    private static final int SECTOR = 512;
    private static final int DISK = 1024 * 1024;
    private static final int VERSION = 4;
    private static final int FLAGS = 8;
    private static final int CAPACITY = 12;
    private static final int GRAIN = 20;
    private static final int DESCRIPTOR = 28;
    private static final int DESCRIPTOR_SIZE = 36;
    private static final int TABLE_ENTRIES = 44;
    private static final int COPY = 48;
    private static final int DIRECTORY = 56;
    private static final int DATA = 64;
    private static final int NEWLINES = 73;
    private static final int COMPRESSION = 77;

    private final byte[] disk = VmdkBytes.sparse(DISK, 11);

    @TempDir
    Path directory;

    private byte[] sparse;
    private byte[] stream;

    @BeforeEach
    void make() throws Exception {
        // So that the grains at the beginning are there.
        Arrays.fill(disk, 0, 4 * StreamedVmdk.GRAIN, (byte) 7);
        sparse = VmdkBytes.made(directory, disk, "monolithicSparse");
        stream = StreamedVmdk.of(disk);
        assertThat(new VmdkBytes(sparse).disk()).isEqualTo(disk);
        assertThat(new VmdkBytes(stream).disk()).isEqualTo(disk);
    }

    // ---- the header

    @Test
    void whatIsNoHeaderIsRefused() {
        refused(new byte[0], "no VMDK header");
        refused(Arrays.copyOf(sparse, 700), "no VMDK header");
        refused(patched(sparse, 0, 0x44574f43), "no VMDK header");
        refused(patched(sparse, NEWLINES, 0x0a0a0a0a), "damaged");
    }

    @Test
    void versionsAndFeaturesThatAreNotKnownAreRefused() {
        refused(patched(sparse, VERSION, 0), "version");
        refused(patched(sparse, VERSION, 4), "version");
        refused(patched(sparse, FLAGS, 1 << 3), "feature");
        refused(patched(sparse, FLAGS, 1 << 31), "feature");
        refused(patched(sparse, FLAGS, 1 << 16), "without markers");
        refused(patched(sparse, FLAGS, 1 << 17), "without markers");
        refused(patched(stream, COMPRESSION, 2), "compression");
    }

    @Test
    void sizesAreWithinBounds() {
        for (long capacity : new long[] {0, -1, Long.MIN_VALUE, (1L << 35) + 1}) {
            refused(patched(sparse, CAPACITY, capacity), "capacity");
        }
        for (long grain : new long[] {0, 1, 4, 96, 4096, 1L << 32, -128}) {
            refused(patched(sparse, GRAIN, grain), "size of its grains");
        }
        refused(patched(patched(sparse, CAPACITY, 1L << 35), GRAIN, 8L), "too small for its capacity");
        for (int entries : new int[] {0, 1, 511, 1024, -1}) {
            refused(patched(sparse, TABLE_ENTRIES, entries), "entries");
        }
        refused(patched(sparse, CAPACITY, 4096L), "another capacity");
    }

    @Test
    void placesLieInsideTheFile() {
        long end = sparse.length / SECTOR;
        for (long place : new long[] {0, -1, Long.MAX_VALUE, end}) {
            refused(patched(sparse, DESCRIPTOR, place), "no descriptor in it");
            refused(patched(sparse, DIRECTORY, place), place == -1 ? "nowhere" : "directory");
            refused(patched(sparse, COPY, place), "directory");
        }
        refused(patched(sparse, DESCRIPTOR_SIZE, 0L), "no descriptor in it");
        refused(patched(sparse, DESCRIPTOR_SIZE, 129L), "no descriptor in it");
        refused(patched(sparse, DATA, 1L), "begin out of bounds");
        refused(patched(sparse, DATA, end + 1), "begin out of bounds");
        refused(patched(sparse, DIRECTORY, place(sparse, COPY)), "lie on each other");
        refused(patched(sparse, DIRECTORY, 1L), "lie on each other");
    }

    // ---- the descriptor

    @Test
    void otherFilesAreRefused() {
        for (String extent : List.of(
                "RW 2048 FLAT \"x\" 0",
                "RW 2048 VMFS \"x\"",
                "RW 2048 ZERO",
                "RW 2048 SPARSE x",
                "NOACCESS 2048 SPARSE \"x\"")) {
            refused(described("RW 2048 SPARSE \"made.vmdk\"", extent), "not a sparse one");
        }
        for (String name : List.of("/etc/passwd", "../made.vmdk", "a\\b", "C:x", "http://x/y")) {
            refused(described("made.vmdk", name), "names a path");
        }
        refused(
                described("RW 2048 SPARSE \"made.vmdk\"", "RW 1024 SPARSE \"a\"\nRW 1024 SPARSE \"b\""),
                "more than one file");
        refused(described("RW 2048 SPARSE \"made.vmdk\"", ""), "of none");
        refused(described("RW 2048", "RW 1024"), "another capacity");
    }

    @Test
    void parentsAreRefused() throws Exception {
        refused(described("parentCID=ffffffff", "parentCID=0badcafe"), "parent");
        refused(described("parentCID=ffffffff", ""), "parent");
        refused(described("parentCID=ffffffff", "parentCID=ffffffff\nparentCID=0badcafe"), "twice");
        refused(described("parentCID=ffffffff", "parentCID=ffffffff\nparentFileNameHint=\"x\""), "parent");
        Path base = directory.resolve("base.vmdk");
        Path child = directory.resolve("child.vmdk");
        QemuImg.run("qemu-img", "create", "-f", "vmdk", base.toString(), "1M");
        QemuImg.run("qemu-img", "create", "-f", "vmdk", "-b", base.toString(), "-F", "vmdk", child.toString());

        refused(Files.readAllBytes(child), "parent");
    }

    @Test
    void otherKindsOfFilesAreRefused() throws Exception {
        refused(described("monolithicSparse", "streamOptimized"), "another type");
        refused(described("monolithicSparse", "twoGbMaxExtentSparse"), "another type");
        refused(described("# Disk DescriptorFile", "# Nothing"), "no descriptor");
        VmdkBytes.made(directory, disk, "twoGbMaxExtentSparse");

        refused(Files.readAllBytes(directory.resolve("made-s001.vmdk")), "one of several files");
    }

    // ---- tables

    @Test
    void tablesThatLieOnEachOtherOrContradictAreRefused() throws Exception {
        byte[] large = VmdkBytes.made(directory, VmdkBytes.sparse(80 << 20, 12), "monolithicSparse");
        int entries = Math.toIntExact(place(large, DIRECTORY) * SECTOR);
        int table = number(large, entries);

        refused(patched(large, entries + 4, table), "lie on each other");
        refused(patched(large, entries + 4, table + 2), "lie on each other");
        refused(patched(large, entries + 4, (int) place(large, DIRECTORY)), "lie on each other");
        refused(patched(large, entries + 4, 1), "lie on each other");
        refused(patched(large, entries + 4, large.length / SECTOR), "where tables do");
        refused(patched(large, entries + 4, -1), "where tables do");
        refused(patched(large, entries + 4, 0), "contradict");
        refused(patched(large, table * SECTOR, number(large, table * SECTOR) + 1), "contradict");
    }

    @Test
    void grainsOfAMachineLieInsideTheFileAndOnTheirOwn() {
        int first = grains(sparse, DIRECTORY);
        long data = place(sparse, DATA);

        refused(inBothTables(first, number(sparse, first + 4)), "same place");
        for (int place : new int[] {1, (int) data - 1, sparse.length / SECTOR, sparse.length / SECTOR - 1, -1}) {
            refused(inBothTables(first, place), "inside the file");
        }
        refused(inBothTables(first + 4 * 100, (int) data), "behind the end");
        refused(Arrays.copyOf(sparse, sparse.length - SECTOR), "inside the file");
    }

    // ---- streams

    @Test
    void streamsThatAreCutOffAreRefused() {
        for (int sectors = 1; sectors < 12; sectors++) {
            refused(Arrays.copyOf(stream, stream.length - sectors * SECTOR), "cut off");
        }
        refused(Arrays.copyOf(stream, stream.length + SECTOR), "cut off");
        refused(Arrays.copyOf(stream, 130 * SECTOR), "cut off");
    }

    @Test
    void aFooterThatSaysSomethingElseIsRefused() {
        int footer = stream.length - 2 * SECTOR;

        refused(patched(stream, footer + CAPACITY, DISK / SECTOR - 128L), "contradict each other");
        refused(patched(stream, footer + GRAIN, 64L), "contradict each other");
        refused(patched(stream, footer + DIRECTORY, -1L), "directory");
    }

    @Test
    void bombsAreRefused() {
        int grain = number(stream, grains(stream, stream.length - 2 * SECTOR + DIRECTORY)) * SECTOR;
        byte[] much = StreamedVmdk.compressed(new byte[8 << 20], 0, 8 << 20);
        byte[] oneMore = StreamedVmdk.compressed(new byte[StreamedVmdk.GRAIN + 1], 0, StreamedVmdk.GRAIN + 1);
        byte[] less = StreamedVmdk.compressed(new byte[StreamedVmdk.GRAIN - 1], 0, StreamedVmdk.GRAIN - 1);

        refused(withStream(grain, much), "more than a grain has");
        refused(withStream(grain, oneMore), "more than a grain has");
        refused(withStream(grain, less), "less than its disk");
        refused(withStream(grain, Arrays.copyOf(oneMore, 20)), "less than its disk");
        refused(withStream(grain, "no zlib stream".getBytes(StandardCharsets.US_ASCII)), "does not decompress");
        for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 2 * StreamedVmdk.GRAIN + 1}) {
            refused(patched(stream, grain + 8, length), "larger than a grain can be");
        }
    }

    @Test
    void grainsAreWhereTheirTableSaysAndNowhereElse() {
        int table = grains(stream, stream.length - 2 * SECTOR + DIRECTORY);
        int first = number(stream, table);
        int second = number(stream, table + 4);

        refused(patched(stream, table, second), "not the one that its table says", "no table names");
        refused(patched(stream, table + 4, first), "order of the disk");
        refused(patched(stream, table, 0), "no table names");
        refused(patched(stream, table, 1), "inside the file");
        refused(patched(stream, table, -1), "inside the file");
        refused(patched(stream, first * SECTOR, 128L), "not the one that its table says");
    }

    @Test
    void markersAreWithinBounds() {
        int end = stream.length - 3 * SECTOR;
        int directoryMarker = Math.toIntExact((place(stream, stream.length - 2 * SECTOR + DIRECTORY) - 1) * SECTOR);

        for (long follows : new long[] {0, -1, Long.MAX_VALUE, 1000}) {
            refused(patched(stream, directoryMarker, follows), "out of bounds");
        }
        refused(patched(stream, directoryMarker + 12, 5), "not known");
        refused(patched(stream, directoryMarker + 12, 0), "out of bounds");
        refused(patched(stream, directoryMarker + 8, 77), "no table names");
        refused(patched(stream, end + 8, 1), "cut off");
    }

    @Test
    void aHoleBetweenGrainsIsRefused() throws Exception {
        byte[] front = VmdkBytes.made(directory, disk, "streamOptimized");
        assertThat(new VmdkBytes(front).disk())
                .as("less than a grain of zeros behind it is how qemu-img ends it")
                .isEqualTo(disk);

        refused(Arrays.copyOf(front, front.length + 200 * SECTOR), "hole");
    }

    // ---- how they are made

    /// A good file with other words in its descriptor.
    private byte[] described(String instead, String words) {
        byte[] file = sparse.clone();
        int from = Math.toIntExact(place(file, DESCRIPTOR) * SECTOR);
        int length = Math.toIntExact(place(file, DESCRIPTOR_SIZE) * SECTOR);
        String text = new String(file, from, length, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(instead);
        byte[] other = text.replace(instead, words).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(Arrays.copyOf(other, length), 0, file, from, length);
        return file;
    }

    private byte[] inBothTables(int entry, int value) {
        int copied = entry - grains(sparse, DIRECTORY) + grains(sparse, COPY);
        return patched(patched(sparse, entry, value), copied, value);
    }

    /// With the place of a grain's stream taken by another one, and by what follows if it is long.
    private byte[] withStream(int grain, byte[] zlib) {
        byte[] file = stream.clone();
        System.arraycopy(zlib, 0, file, grain + 12, Math.min(zlib.length, file.length - grain - 12 - 3 * SECTOR));
        return patched(file, grain + 8, zlib.length);
    }

    /// Where in the file the first table begins.
    private static int grains(byte[] file, int header) {
        return number(file, Math.toIntExact(place(file, header) * SECTOR)) * SECTOR;
    }

    private static long place(byte[] file, int at) {
        return bytes(file).getLong(at);
    }

    private static int number(byte[] file, int at) {
        return bytes(file).getInt(at);
    }

    private static byte[] patched(byte[] file, int at, long value) {
        byte[] other = file.clone();
        bytes(other).putLong(at, value);
        return other;
    }

    private static byte[] patched(byte[] file, int at, int value) {
        byte[] other = file.clone();
        bytes(other).putInt(at, value);
        return other;
    }

    private static ByteBuffer bytes(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void refused(byte[] file, String... words) {
        assertThatThrownBy(() -> new VmdkBytes(file).disk())
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HOSTILE_IMAGE))
                .message()
                .containsAnyOf(words);
    }
}
