package cloud.stasis.disks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// Copies of files that share their blocks until one of them is written: Linux's `FICLONERANGE`, on XFS and
/// btrfs. A copy takes milliseconds, whatever the size, and is as it was at one instant.
///
/// The JDK has no such call, so the C library is asked directly; no program is started, since a guest is paused
/// meanwhile.
public final class Reflink {
    private static final int READ_ONLY = 0;
    /// `O_RDWR | O_CREAT | O_CLOEXEC` of Linux on x86-64 and arm64.
    private static final int READ_WRITE_CREATE = 2 | 0x40 | 0x80000;

    private static final int PRIVATE_MODE = 0600;
    private static final long FICLONERANGE = 0x4020940DL;
    private static final long PROBE_BYTES = 4096;

    private static final String ERRNO = "errno";
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_FIELD = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement(ERRNO));
    /// `struct file_clone_range`: source, its offset, the length, the offset in the destination.
    private static final StructLayout RANGE = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 1);
    private static final MethodHandle IOCTL =
            function("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
    private static final MethodHandle MESSAGE = plain("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    private static final long MAX_MESSAGE_BYTES = 256;

    private Reflink() {}

    /// Whether files of this directory can share blocks; tried, since no name of a file system says so.
    public static boolean isPossibleIn(Path directory) {
        Path from = directory.resolve(".reflink-" + UUID.randomUUID());
        Path to = directory.resolve(from.getFileName() + "-copy");
        try {
            Files.write(from, new byte[(int) PROBE_BYTES]);
            share(from, to, PROBE_BYTES);
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            HostFiles.delete(from);
            HostFiles.delete(to);
        }
    }

    /// Whether the blocks are shared now, or had to be copied one by one.
    public enum Way {
        SHARED,
        COPIED
    }

    /// Makes `to` the first `length` bytes of `from`; what was there is replaced. Where blocks cannot be shared
    /// they are copied, holes excepted.
    ///
    /// @param length of whole blocks of the file system
    public static Way copy(Path from, Path to, ByteCount length) {
        HostFiles.delete(to);
        try {
            share(from, to, length.bytes());
            return Way.SHARED;
        } catch (IOException e) {
            HostFiles.delete(to);
            copyBytes(from, to, length.bytes());
            return Way.COPIED;
        }
    }

    private static void share(Path from, Path to, long length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int source = open(arena, state, from, READ_ONLY);
            try {
                int target = open(arena, state, to, READ_WRITE_CREATE);
                try {
                    MemorySegment range = arena.allocate(RANGE);
                    range.setAtIndex(JAVA_LONG, 0, source);
                    range.setAtIndex(JAVA_LONG, 2, length);
                    check(
                            "share the blocks of",
                            from,
                            (int) IOCTL.invokeExact(state, target, FICLONERANGE, range),
                            state);
                } finally {
                    close(state, target);
                }
            } finally {
                close(state, source);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static int open(Arena arena, MemorySegment state, Path file, int flags) throws Throwable {
        int opened = (int) OPEN.invokeExact(state, arena.allocateFrom(file.toString()), flags, PRIVATE_MODE);
        return check("open", file, opened, state);
    }

    private static void close(MemorySegment state, int file) throws Throwable {
        int ignored = (int) CLOSE.invokeExact(state, file);
    }

    @SuppressWarnings("restricted")
    private static int check(String attempted, Path file, int result, MemorySegment state) throws Throwable {
        if (result < 0) {
            MemorySegment said = (MemorySegment) MESSAGE.invokeExact((int) ERRNO_FIELD.get(state, 0L));
            throw new IOException("cannot " + attempted + " " + file.getFileName() + ": "
                    + said.reinterpret(MAX_MESSAGE_BYTES).getString(0));
        }
        return result;
    }

    private static void copyBytes(Path from, Path to, long length) {
        ByteBuffer block = ByteBuffer.allocateDirect(1 << 20);
        ByteBuffer zeros = ByteBuffer.allocate(1 << 20);
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel target = FileChannel.open(
                        to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE)) {
            long at = 0;
            while (at < length) {
                block.clear().limit((int) Math.min(block.capacity(), length - at));
                if (source.read(block, at) < 0) {
                    break;
                }
                int read = block.flip().remaining();
                if (!block.equals(zeros.clear().limit(read))) {
                    target.write(block, at);
                }
                at += read;
            }
            extend(target, length);
        } catch (IOException e) {
            HostFiles.delete(to);
            throw HostFiles.failure("copy " + from.getFileName(), e);
        }
    }

    /// A hole at the end has to be made by its last byte.
    private static void extend(FileChannel file, long length) throws IOException {
        if (file.size() < length) {
            file.write(ByteBuffer.allocate(1), length - 1);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor shape, int fixed) {
        Linker linker = Linker.nativeLinker();
        Linker.Option errno = Linker.Option.captureCallState(ERRNO);
        Linker.Option[] options = fixed < shape.argumentLayouts().size()
                ? new Linker.Option[] {errno, Linker.Option.firstVariadicArg(fixed)}
                : new Linker.Option[] {errno};
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle plain(String name, FunctionDescriptor shape) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
    }
}
