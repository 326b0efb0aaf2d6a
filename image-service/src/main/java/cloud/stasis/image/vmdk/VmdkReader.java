package cloud.stasis.image.vmdk;

import static cloud.stasis.image.vmdk.VmdkHeader.SECTOR;
import static cloud.stasis.image.vmdk.VmdkHeader.TABLE_ENTRIES;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.image.disk.DiskImage;
import cloud.stasis.image.vmdk.VmdkHeader.Kind;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;

/// Finds and reads the grains of a VMDK file that holds all of its disk, stream-optimized or sparse, from the
/// beginning to the end of the disk. Believes nothing: [VmdkHeader], [VmdkDescriptor], [VmdkTables] and
/// [VmdkStream] each check their part before it is followed.
final class VmdkReader implements DiskImage {
    private final VmdkHeader header;
    private final ByteCount size;
    private final ContentSource file;
    private final VmdkTables tables;
    private final VmdkStream stream;
    private byte[] expanded = {};
    private long expandedGrain = -1;

    /// @throws cloud.stasis.model.StasisException `HOSTILE_IMAGE`
    VmdkReader(ContentSource file) throws IOException {
        this.header = VmdkHeader.read(file);
        VmdkDescriptor.check(
                VmdkHeader.sectors(file, header.descriptor(), header.descriptorSectors())
                        .array(),
                header);
        this.size = ByteCount.ofBytes(header.capacity() * SECTOR);
        this.file = file;
        this.tables = new VmdkTables(header, file);
        this.stream = new VmdkStream(header, file);
    }

    @Override
    public ByteCount size() {
        return size;
    }

    /// A grain.
    @Override
    public int unitBytes() {
        return header.grainBytes();
    }

    @Override
    public long hole(long guest) throws IOException {
        long end = guest;
        long span = (long) unitBytes() * TABLE_ENTRIES;
        while (end < size.bytes()) {
            int table = (int) (end / span);
            if (tables.isBlank(table)) {
                end = (table + 1) * span;
            } else if (tables.place(end / unitBytes()).isEmpty()) {
                end = (end / unitBytes() + 1) * unitBytes();
            } else {
                break;
            }
        }
        return Math.min(end, size.bytes()) - guest;
    }

    @Override
    public OptionalLong plain(long guest) throws IOException {
        OptionalLong place = tables.place(guest / unitBytes());
        return header.kind() == Kind.STREAM_OPTIMIZED || place.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(place.getAsLong() * SECTOR + guest % unitBytes());
    }

    /// No place is used twice: the tables see to it.
    @Override
    public void use(int length) {}

    @Override
    public void read(long guest, byte[] into, int at, int length) throws IOException {
        long grain = guest / unitBytes();
        int inGrain = (int) (guest % unitBytes());
        OptionalLong place = tables.place(grain);
        if (place.isEmpty()) {
            Arrays.fill(into, at, at + length, (byte) 0);
            return;
        }
        switch (header.kind()) {
            case MONOLITHIC_SPARSE ->
                file.read(place.getAsLong() * SECTOR + inGrain, ByteBuffer.wrap(into, at, length));
            case STREAM_OPTIMIZED -> {
                expand(grain, place.getAsLong());
                System.arraycopy(expanded, inGrain, into, at, length);
            }
        }
    }

    private void expand(long grain, long place) throws IOException {
        if (grain != expandedGrain) {
            long left = size.bytes() - grain * unitBytes();
            expanded = stream.grain(grain, place, (int) Math.min(unitBytes(), left));
            expandedGrain = grain;
        }
    }

    @Override
    public void finish() throws IOException {
        switch (header.kind()) {
            case STREAM_OPTIMIZED -> stream.finish();
            case MONOLITHIC_SPARSE -> {}
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
