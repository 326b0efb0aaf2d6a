package cloud.stasis.compute.hypervisor;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.model.ByteCount;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.stream.LongStream;

/// A copy of RAM that is made while its guest writes to it, and caught up when it stands still:
///
/// ```
///  runs     copy all; again and again: compare, copy what is different, until that is little
///  stands   compare, copy what is different: the copy is the RAM of this instant
/// ```
///
/// Nothing is asked of the hypervisor, and of the kernel only to read the RAM and to tell what of it was ever used: so
/// the pause grows with what the guest uses, not with what it could. The RAM is read and not mapped: to look at a
/// page of shared memory that the guest never used would make one of it. What holds nothing but zeros stays a hole.
public final class RamCopy implements AutoCloseable {
    /// What is left after a round and copied in the next one, or in the pause.
    private static final ByteCount LITTLE = ByteCount.ofMib(16);

    /// A guest that writes faster than it is copied is not waited for.
    private static final int MAX_ROUNDS = 5;

    private static final int PAGE = 4096;
    /// Known as a whole to be zeros or not.
    private static final int BLOCK = 64 * 1024;
    /// Read at once: fits into the cache of a processor.
    private static final int BATCH = 512 * 1024;
    /// Worked on by one thread.
    private static final long STRIPE = 32L << 20;

    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[BLOCK]);

    private final FileChannel ram;
    private final SparseFile used;
    private final FileChannel file;
    private final Arena arena;
    private final MemorySegment copy;
    private final long size;
    /// Blocks of the copy that are not holes; each is looked at by one thread at a time.
    private final boolean[] written;

    private RamCopy(FileChannel ram, SparseFile used, FileChannel file, ByteCount size) throws IOException {
        this.ram = ram;
        this.used = used;
        this.file = file;
        this.size = size.bytes();
        this.written = new boolean[Math.toIntExact(Math.ceilDiv(this.size, BLOCK))];
        file.write(ByteBuffer.allocate(1), this.size - 1);
        this.arena = Arena.ofShared();
        this.copy = file.map(MapMode.READ_ONLY, 0, this.size, arena);
    }

    /// @param file made anew
    public static RamCopy begin(Path ram, Path file, ByteCount size) {
        HostFiles.delete(file);
        Deque<Closeable> opened = new ArrayDeque<>();
        try {
            FileChannel from = FileChannel.open(ram, StandardOpenOption.READ);
            opened.push(from);
            SparseFile used = SparseFile.open(ram);
            opened.push(used);
            FileChannel to = FileChannel.open(
                    file,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.SPARSE);
            opened.push(to);
            return new RamCopy(from, used, to, size);
        } catch (IOException e) {
            for (Closeable left : opened) {
                close(left, e);
            }
            throw HostFiles.failure("begin a copy of the memory of the instance", e);
        }
    }

    private static void close(Closeable left, IOException why) {
        try {
            left.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /// While the guest runs: until little is different, or it does not get less.
    public void approach() {
        long last = Long.MAX_VALUE;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            long copied = catchUp();
            // What is dirty now would be written in the pause, together with the state of the disks.
            force();
            if (copied <= LITTLE.bytes() || copied >= last) {
                return;
            }
            last = copied;
        }
    }

    /// @return bytes that were different
    public long catchUp() {
        try {
            return LongStream.range(0, Math.ceilDiv(size, STRIPE))
                    .parallel()
                    .map(this::stripe)
                    .sum();
        } catch (UncheckedIOException e) {
            throw HostFiles.failure("copy the memory of the instance", Objects.requireNonNull(e.getCause()));
        }
    }

    private long stripe(long number) {
        long copied = 0;
        try (Arena own = Arena.ofConfined()) {
            MemorySegment batch = own.allocate(BATCH);
            long at = number * STRIPE;
            long end = Math.min(size, at + STRIPE);
            for (Extent data : used.data(at, end, BLOCK)) {
                long first = data.offset() - data.offset() % BLOCK;
                copied += zeros(at, first);
                at = Math.min(end, Math.ceilDiv(data.end(), BLOCK) * BLOCK);
                copied += blocks(first, at, batch);
            }
            copied += zeros(at, end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copied;
    }

    /// Where the guest never used its memory, or gave it back.
    private long zeros(long from, long to) throws IOException {
        long copied = 0;
        for (long at = from; at < to; at += BLOCK) {
            if (written[Math.toIntExact(at / BLOCK)]) {
                copied += block(ZEROS.asSlice(0, Math.min(BLOCK, to - at)), at);
            }
        }
        return copied;
    }

    private long blocks(long from, long to, MemorySegment batch) throws IOException {
        long copied = 0;
        for (long at = from; at < to; at += BATCH) {
            MemorySegment now = batch.asSlice(0, Math.min(BATCH, to - at));
            read(now, at);
            for (long block = 0; block < now.byteSize(); block += BLOCK) {
                copied += block(now.asSlice(block, Math.min(BLOCK, now.byteSize() - block)), at + block);
            }
        }
        return copied;
    }

    private void read(MemorySegment into, long at) throws IOException {
        ByteBuffer buffer = into.asByteBuffer();
        while (buffer.hasRemaining()) {
            if (ram.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("the memory ends at " + (at + buffer.position()));
            }
        }
    }

    private long block(MemorySegment now, long at) throws IOException {
        int number = Math.toIntExact(at / BLOCK);
        if (!written[number]) {
            if (now.mismatch(ZEROS.asSlice(0, now.byteSize())) < 0) {
                return 0;
            }
            write(now, at);
            written[number] = true;
            return now.byteSize();
        }
        MemorySegment then = copy.asSlice(at, now.byteSize());
        long different = now.mismatch(then);
        return different < 0 ? 0 : pages(now, then, at, different - different % PAGE);
    }

    /// Runs of pages that differ.
    private long pages(MemorySegment now, MemorySegment then, long at, long first) throws IOException {
        long copied = 0;
        long run = first;
        for (long page = first; page < now.byteSize(); page += PAGE) {
            long length = Math.min(PAGE, now.byteSize() - page);
            if (MemorySegment.mismatch(now, page, page + length, then, page, page + length) < 0) {
                copied += write(now.asSlice(run, page - run), at + run);
                run = page + length;
            }
        }
        return copied + write(now.asSlice(run), at + run);
    }

    private long write(MemorySegment bytes, long at) throws IOException {
        ByteBuffer buffer = bytes.asByteBuffer();
        while (buffer.hasRemaining()) {
            file.write(buffer, at + buffer.position());
        }
        return bytes.byteSize();
    }

    private void force() {
        try {
            file.force(false);
        } catch (IOException e) {
            throw HostFiles.failure("write a copy of the memory of the instance", e);
        }
    }

    @Override
    public void close() {
        arena.close();
        try (ram;
                used;
                file) {
            // All are closed whatever happens.
        } catch (IOException e) {
            throw HostFiles.failure("end a copy of the memory of the instance", e);
        }
    }
}
