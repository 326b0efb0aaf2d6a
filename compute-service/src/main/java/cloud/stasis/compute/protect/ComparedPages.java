package cloud.stasis.compute.protect;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// By comparison of all that the guest uses with what it was: works everywhere, and takes as long as that is large.
/// The RAM is read and not mapped, as in [cloud.stasis.compute.hypervisor.RamCopy].
final class ComparedPages implements DirtyPages {
    /// Read at once: fits into the cache of a processor.
    private static final int BATCH = 512 * 1024;

    private static final int PAGES = BATCH / Epochs.PAGE;
    private static final ByteBuffer ZERO_PAGE =
            ByteBuffer.allocateDirect(Epochs.PAGE).asReadOnlyBuffer();
    private static final MemorySegment ZEROS = MemorySegment.ofBuffer(ZERO_PAGE);

    private final FileChannel ram;
    private final SparseFile used;
    private final long size;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment batch = arena.allocate(BATCH);

    private ComparedPages(FileChannel ram, SparseFile used, long size) {
        this.ram = ram;
        this.used = used;
        this.size = size;
    }

    static ComparedPages open(Path ram, ByteCount size) {
        try {
            return new ComparedPages(
                    FileChannel.open(ram, StandardOpenOption.READ), SparseFile.open(ram), size.bytes());
        } catch (IOException e) {
            throw HostFiles.failure("look at the memory of the instance", e);
        }
    }

    @Override
    public void collect(Former former, Sink sink) {
        try {
            long at = 0;
            for (Extent data : used.data(0, size, BATCH)) {
                long first = data.offset() - data.offset() % BATCH;
                emptied(at, Math.max(at, first), former, sink);
                at = Math.min(size, Math.ceilDiv(data.end(), BATCH) * BATCH);
                for (long batchAt = first; batchAt < at; batchAt += BATCH) {
                    compare(batchAt, former, sink);
                }
            }
            emptied(at, size, former, sink);
        } catch (IOException e) {
            throw HostFiles.failure("look at the memory of the instance", e);
        }
    }

    /// Where the guest gave its memory back.
    private static void emptied(long from, long to, Former former, Sink sink) throws IOException {
        int page = from >= to ? -1 : former.nextKnown(from / Epochs.PAGE);
        while (page >= 0 && (long) page * Epochs.PAGE < to) {
            if (former.page(page).mismatch(ZEROS) >= 0) {
                sink.page(page, ZERO_PAGE.duplicate());
            }
            page = former.nextKnown(page + 1L);
        }
    }

    private void compare(long at, Former former, Sink sink) throws IOException {
        ByteBuffer now = batch.asByteBuffer();
        now.limit((int) Math.min(BATCH, size - at));
        while (now.hasRemaining()) {
            if (ram.read(now, at + now.position()) < 0) {
                throw new IOException("the memory ends at " + (at + now.position()));
            }
        }
        int pages = now.position() / Epochs.PAGE;
        for (int page = 0; page < Math.min(PAGES, pages); page++) {
            long number = at / Epochs.PAGE + page;
            MemorySegment bytes = batch.asSlice((long) page * Epochs.PAGE, Epochs.PAGE);
            MemorySegment then = former.isKnown(number) ? former.page(number) : ZEROS;
            if (bytes.mismatch(then) >= 0) {
                sink.page(number, bytes.asByteBuffer());
            }
        }
    }

    @Override
    public String way() {
        return "compared";
    }

    @Override
    public void close() {
        arena.close();
        try (ram;
                used) {
            // Both are closed whatever happens.
        } catch (IOException e) {
            throw HostFiles.failure("look at the memory of the instance", e);
        }
    }
}
