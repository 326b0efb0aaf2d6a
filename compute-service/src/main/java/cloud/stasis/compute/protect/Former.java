package cloud.stasis.compute.protect;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/// The RAM as the standby will have it once it has all epochs that were taken: what the next one is told as a
/// difference to. In a file, so that it is the page cache that holds it. For one thread.
final class Former implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment bytes;
    /// Pages that are anything but zeros, or were.
    private final BitSet known;

    private Former(Path file, FileChannel channel, Arena arena, MemorySegment bytes, BitSet known) {
        this.file = file;
        this.channel = channel;
        this.arena = arena;
        this.bytes = bytes;
        this.known = known;
    }

    /// Of zeros.
    static Former create(Path file, ByteCount size) {
        HostFiles.delete(file);
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.SPARSE);
            channel.write(ByteBuffer.allocate(1), size.bytes() - 1);
            Arena arena = Arena.ofShared();
            MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, size.bytes(), arena);
            return new Former(file, channel, arena, bytes, new BitSet(Math.toIntExact(size.bytes() / Epochs.PAGE)));
        } catch (IOException e) {
            throw HostFiles.failure("keep the memory of the instance", e);
        }
    }

    long pages() {
        return bytes.byteSize() / Epochs.PAGE;
    }

    /// Whether a page may be anything but zeros: others need not be looked at.
    boolean isKnown(long page) {
        return known.get(Math.toIntExact(page));
    }

    /// The first page from `page` on that may be anything but zeros; negative if there is none.
    int nextKnown(long page) {
        return known.nextSetBit(Math.toIntExact(page));
    }

    MemorySegment page(long number) {
        return bytes.asSlice(number * Epochs.PAGE, Epochs.PAGE);
    }

    void put(long number, byte[] page) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(page);
        while (left.hasRemaining()) {
            channel.write(left, number * Epochs.PAGE + left.position());
        }
        known.set(Math.toIntExact(number));
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            throw HostFiles.failure("forget the memory of the instance", e);
        }
        HostFiles.delete(file);
    }
}
