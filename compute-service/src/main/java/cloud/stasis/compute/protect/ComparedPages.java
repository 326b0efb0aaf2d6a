package cloud.stasis.compute.protect;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.stream.LongStream;

/// By comparison of all that the guest uses with what it was: works everywhere, and takes as long as that is large.
/// The RAM is read and not mapped, as in [cloud.stasis.compute.hypervisor.RamCopy].
final class ComparedPages implements DirtyPages {
    /// Read at once: fits into the cache of a processor.
    private static final int BATCH = 512 * 1024;

    /// Worked on by one thread.
    private static final long STRIPE = 32L << 20;

    private static final int PAGES = BATCH / Epochs.PAGE;
    private static final ByteBuffer ZERO_PAGE =
            ByteBuffer.allocateDirect(Epochs.PAGE).asReadOnlyBuffer();
    private static final MemorySegment ZEROS = MemorySegment.ofBuffer(ZERO_PAGE);

    private final FileChannel ram;
    private final SparseFile used;
    private final long size;

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

    /// All processors take part; pages come in no order.
    @Override
    public void collect(Former former, Sink sink) {
        Sink one = (number, bytes) -> {
            synchronized (this) {
                sink.page(number, bytes);
            }
        };
        try {
            LongStream.range(0, Math.ceilDiv(size, STRIPE))
                    .parallel()
                    .forEach(number -> stripe(number * STRIPE, former, one));
        } catch (UncheckedIOException e) {
            throw HostFiles.failure("look at the memory of the instance", Objects.requireNonNull(e.getCause()));
        }
    }

    private void stripe(long first, Former former, Sink sink) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment batch = own.allocate(BATCH);
            long at = first;
            long end = Math.min(size, first + STRIPE);
            for (Extent data : used.data(first, end, BATCH)) {
                long begin = data.offset() - data.offset() % BATCH;
                emptied(at, begin, former, sink);
                at = Math.min(end, Math.ceilDiv(data.end(), BATCH) * BATCH);
                for (long batchAt = begin; batchAt < at; batchAt += BATCH) {
                    compare(batchAt, batch, former, sink);
                }
            }
            emptied(at, end, former, sink);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    private void compare(long at, MemorySegment batch, Former former, Sink sink) throws IOException {
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
        try (ram;
                used) {
            // Both are closed whatever happens.
        } catch (IOException e) {
            throw HostFiles.failure("look at the memory of the instance", e);
        }
    }
}
