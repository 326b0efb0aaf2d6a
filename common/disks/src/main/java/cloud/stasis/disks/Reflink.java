package cloud.stasis.disks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
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
    /// `O_RDWR | O_CREAT | O_CLOEXEC` of Linux on x86-64 and arm64.
    private static final int READ_WRITE_CREATE = 2 | 0x40 | 0x80000;

    private static final long FICLONERANGE = 0x4020940DL;
    private static final long PROBE_BYTES = 4096;

    /// `struct file_clone_range`: source, its offset, the length, the offset in the destination.
    private static final StructLayout RANGE = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle IOCTL =
            CLibrary.function("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);

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
            MemorySegment state = CLibrary.state(arena);
            int source = CLibrary.open(arena, state, from, CLibrary.READ_ONLY);
            try {
                int target = CLibrary.open(arena, state, to, READ_WRITE_CREATE);
                try {
                    MemorySegment range = arena.allocate(RANGE);
                    range.setAtIndex(JAVA_LONG, 0, source);
                    range.setAtIndex(JAVA_LONG, 2, length);
                    CLibrary.check(
                            "share the blocks of",
                            from,
                            (int) IOCTL.invokeExact(state, target, FICLONERANGE, range),
                            state);
                } finally {
                    CLibrary.close(state, target);
                }
            } finally {
                CLibrary.close(state, source);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copyBytes(Path from, Path to, long length) {
        try (FileChannel target = FileChannel.open(
                to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE)) {
            SparseFile.copy(from, target, length);
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
}
