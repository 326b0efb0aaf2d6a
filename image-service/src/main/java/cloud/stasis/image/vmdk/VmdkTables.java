package cloud.stasis.image.vmdk;

import static cloud.stasis.image.vmdk.VmdkHeader.SECTOR;
import static cloud.stasis.image.vmdk.VmdkHeader.TABLE_ENTRIES;
import static cloud.stasis.image.vmdk.VmdkHeader.TABLE_SECTORS;
import static cloud.stasis.image.vmdk.VmdkHeader.require;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.image.vmdk.VmdkHeader.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/// Where the grains of a VMDK file lie. Tables lie within the file and apart from each other; where the file has
/// them twice both say the same; and no two grains share a place. Memory: 4 or 8 bytes for each table, and for
/// plain grains a bit for each place in the file.
final class VmdkTables {
    private static final int ZEROED = 1;

    private final VmdkHeader header;
    private final ContentSource file;
    private final long fileSectors;

    private final int[] directory;
    private final int[] copy;
    private final BitSet places = new BitSet();
    private int[] table = {};
    private int loaded = -1;

    VmdkTables(VmdkHeader header, ContentSource file) throws IOException {
        this.header = header;
        this.file = file;
        this.fileSectors = file.size().bytes() / SECTOR;
        this.directory = directory(header.directory());
        this.copy = header.copy().isPresent() ? directory(header.copy().getAsLong()) : new int[0];
        for (int at = 0; at < copy.length; at++) {
            require((copy[at] == 0) == (directory[at] == 0), "its two directories contradict each other");
        }
        requireApart();
    }

    private int[] directory(long place) throws IOException {
        int[] entries = new int[header.tables()];
        VmdkHeader.sectors(file, place, header.directorySectors()).asIntBuffer().get(entries);
        return entries;
    }

    /// Tables, directories and the descriptor lie where they may, and not on each other.
    private void requireApart() {
        List<Area> others = new ArrayList<>();
        others.add(new Area(header.descriptor(), header.descriptorSectors()));
        others.add(new Area(header.directory(), header.directorySectors()));
        header.copy().ifPresent(place -> others.add(new Area(place, header.directorySectors())));
        for (int at = 1; at < others.size(); at++) {
            requireApart(others.get(at), others.subList(0, at));
        }
        long[] tables = IntStream.concat(Arrays.stream(directory), Arrays.stream(copy))
                .filter(entry -> entry != 0)
                .mapToLong(Integer::toUnsignedLong)
                .sorted()
                .toArray();
        for (int at = 0; at < tables.length; at++) {
            long end = tables[at] + TABLE_SECTORS;
            require(end <= header.tablesEnd(fileSectors), "a table does not lie where tables do");
            require(at + 1 == tables.length || end <= tables[at + 1], "its tables lie on each other");
            requireApart(new Area(tables[at], TABLE_SECTORS), others);
        }
    }

    private static void requireApart(Area area, List<Area> others) {
        for (Area other : others) {
            require(area.isApart(other), "its tables lie on each other");
        }
    }

    /// Of the file, in sectors.
    private record Area(long from, int sectors) {
        boolean isApart(Area other) {
            return from + sectors <= other.from || from >= other.from + other.sectors;
        }
    }

    /// The first sector of a grain; empty if it reads as zeros.
    OptionalLong place(long grain) throws IOException {
        load((int) (grain / TABLE_ENTRIES));
        int entry = table.length == 0 ? 0 : table[(int) (grain % TABLE_ENTRIES)];
        return entry == 0 ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(entry));
    }

    /// Whether the grains of a table are zeros one and all, as the directory tells it.
    boolean isBlank(int number) {
        return directory[number] == 0;
    }

    private void load(int number) throws IOException {
        if (number == loaded) {
            return;
        }
        table = directory[number] == 0 ? new int[0] : read(number);
        loaded = number;
    }

    private int[] read(int number) throws IOException {
        ByteBuffer bytes = VmdkHeader.sectors(file, Integer.toUnsignedLong(directory[number]), TABLE_SECTORS);
        if (copy.length > 0) {
            ByteBuffer other = VmdkHeader.sectors(file, Integer.toUnsignedLong(copy[number]), TABLE_SECTORS);
            require(bytes.equals(other), "its two tables contradict each other");
        }
        int[] entries = new int[TABLE_ENTRIES];
        bytes.asIntBuffer().get(entries);
        long first = (long) number * TABLE_ENTRIES * header.grain();
        for (int at = 0; at < entries.length; at++) {
            if (header.zeroedGrains() && entries[at] == ZEROED) {
                entries[at] = 0;
            }
            if (entries[at] != 0) {
                long left = header.capacity() - first - (long) at * header.grain();
                require(left > 0, "it has grains behind the end of its disk");
                check(Integer.toUnsignedLong(entries[at]), Math.min(header.grain(), left));
            }
        }
        return entries;
    }

    /// What a compressed grain occupies is only known when it is reached.
    private void check(long place, long sectors) {
        require(place >= header.data() && place < fileSectors, "a grain does not lie inside the file");
        if (header.kind() == Kind.MONOLITHIC_SPARSE) {
            require(place <= fileSectors - sectors, "a grain does not lie inside the file");
            int slot = Math.toIntExact(place / header.grain());
            require(!places.get(slot), "two of its grains lie on the same place");
            places.set(slot);
        }
    }
}
