package cloud.stasis.disks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import cloud.stasis.chunks.Extent;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Where a file has anything but holes, which nobody needs to read to know that they are zeros: `SEEK_DATA` and
/// `SEEK_HOLE` of `lseek(2)`. A file system that knows no holes says that all of it is data. Memory without a file
/// (`memfd_create(2)`) is looked into in the same way: what was never used is a hole.
///
/// Safe on any thread. The JDK has no such call.
public final class SparseFile implements Closeable {
    private static final int COPY_BYTES = 256 * 1024;

    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    /// There is no data behind that place.
    private static final int ENXIO = 6;

    private static final MethodHandle SEEK =
            CLibrary.function("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT), 3);

    /// `AT_FDCWD`, what relative names are relative to.
    private static final int HERE = -100;

    private static final int NO_FLAGS = 0;
    private static final int STATX_BLOCKS = 0x400;
    /// `struct statx`, which is the same on all processors, and `stx_blocks` in it.
    private static final long STATX_BYTES = 256;

    private static final long BLOCKS_AT = 48;
    private static final long SECTOR = 512;

    private static final MethodHandle STATX = CLibrary.function(
            "statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS), 5);

    /// `FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE`.
    private static final int PUNCH = 2 | 1;

    private static final int EOPNOTSUPP = 95;

    private static final MethodHandle FALLOCATE = CLibrary.function(
            "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), 4);

    private final Path file;
    private final int opened;

    private SparseFile(Path file, int opened) {
        this.file = file;
        this.opened = opened;
    }

    /// Bytes that a file takes up where it lies, which holes do not.
    public static long occupied(Path file) throws IOException {
        return call((arena, state) -> {
            MemorySegment told = arena.allocate(STATX_BYTES, JAVA_LONG.byteAlignment());
            int result = (int)
                    STATX.invokeExact(state, HERE, arena.allocateFrom(file.toString()), NO_FLAGS, STATX_BLOCKS, told);
            CLibrary.check("look at", file, result, state);
            return told.get(JAVA_LONG, BLOCKS_AT) * SECTOR;
        });
    }

    /// Makes a part of a file a hole, whose bytes are zeros: `fallocate(2)`. The file keeps its size.
    ///
    /// @return false if its file system cannot do it, and nothing has changed
    public static boolean punch(Path file, Extent hole) throws IOException {
        return call((arena, state) -> {
            int opened = CLibrary.open(arena, state, file, CLibrary.WRITE_ONLY);
            try {
                int result = (int) FALLOCATE.invokeExact(state, opened, PUNCH, hole.offset(), hole.length());
                if (result < 0 && CLibrary.errno(state) == EOPNOTSUPP) {
                    return false;
                }
                CLibrary.check("make a hole in", file, result, state);
                return true;
            } finally {
                CLibrary.close(state, opened);
            }
        });
    }

    public static SparseFile open(Path file) throws IOException {
        return call((arena, state) -> new SparseFile(file, CLibrary.open(arena, state, file, CLibrary.READ_ONLY)));
    }

    /// Of a whole file that nobody writes.
    ///
    /// @param leastHole as of [#data(long, long, long)]
    /// @throws cloud.stasis.model.StasisException as of [HostFiles#failure]
    public static List<Extent> dataOf(Path file, long leastHole) {
        try (SparseFile sparse = open(file)) {
            return sparse.data(0, Files.size(file), leastHole);
        } catch (IOException e) {
            throw HostFiles.failure("find what a file holds", e);
        }
    }

    /// Writes what the first `length` bytes of a file hold where `to` has zeros; zeros stay what they are there.
    public static void copy(Path from, FileChannel to, long length) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(COPY_BYTES);
        ByteBuffer zeros = ByteBuffer.allocate(COPY_BYTES);
        try (SparseFile sparse = open(from);
                FileChannel source = FileChannel.open(from, StandardOpenOption.READ)) {
            for (Extent data : sparse.data(0, length, COPY_BYTES)) {
                for (long at = data.offset(); at < data.end(); at += block.limit()) {
                    block.clear().limit((int) Math.min(COPY_BYTES, data.end() - at));
                    while (block.hasRemaining()) {
                        if (source.read(block, at + block.position()) < 0) {
                            throw new EOFException("it became shorter while it was read");
                        }
                    }
                    block.flip();
                    if (!block.equals(zeros.clear().limit(block.remaining()))) {
                        while (block.hasRemaining()) {
                            to.write(block, at + block.position());
                        }
                    }
                }
            }
        }
    }

    /// The data between two places, in order. What a writer adds meanwhile may be missing.
    ///
    /// @param leastHole bytes of the smallest hole that is worth leaving out; it bounds the number of extents
    public List<Extent> data(long from, long to, long leastHole) throws IOException {
        return call((_, state) -> {
            List<Extent> found = new ArrayList<>();
            long at = from;
            while (at < to) {
                long data = seek(state, at, SEEK_DATA);
                if (data < 0 || data >= to) {
                    break;
                }
                long hole = Math.clamp(seek(state, data, SEEK_HOLE), data, to);
                if (hole == data) {
                    // It was given back just now.
                    at = data + 1;
                    continue;
                }
                if (!found.isEmpty() && data - found.getLast().end() < leastHole) {
                    long begin = found.removeLast().offset();
                    found.add(new Extent(begin, hole - begin));
                } else {
                    found.add(new Extent(data, hole - data));
                }
                at = hole;
            }
            return List.copyOf(found);
        });
    }

    /// @return -1 if there is no data behind
    private long seek(MemorySegment state, long from, int what) throws Throwable {
        long found = (long) SEEK.invokeExact(state, opened, from, what);
        return found < 0 && CLibrary.errno(state) == ENXIO
                ? -1
                : CLibrary.check("look for holes in", file, found, state);
    }

    @Override
    public void close() throws IOException {
        call((_, state) -> {
            CLibrary.close(state, opened);
            return true;
        });
    }

    private interface Call<T> {
        T with(Arena arena, MemorySegment state) throws Throwable;
    }

    private static <T> T call(Call<T> call) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return call.with(arena, CLibrary.state(arena));
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
