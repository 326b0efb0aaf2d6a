package cloud.stasis.disks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// The locks by which QEMU's programs tell each other what they do with a file: whoever writes it holds one on
/// a byte that stands for that. The kernel is asked who does (`F_OFD_GETLK`); nothing is locked, so nobody is
/// disturbed, and no program is started, since this is asked at each step of a volume.
final class QemuLock {
    private static final int F_OFD_GETLK = 36;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;
    /// `RAW_LOCK_PERM_BASE`, and the bit of `BLK_PERM_WRITE`.
    private static final long WRITE_BYTE = 100 + 1;

    /// `struct flock` on 64-bit Linux: type, whence, start, length, process.
    private static final StructLayout FLOCK = MemoryLayout.structLayout(
            JAVA_SHORT,
            JAVA_SHORT,
            MemoryLayout.paddingLayout(4),
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            MemoryLayout.paddingLayout(4));

    private static final long START = 8;
    private static final long LENGTH = 16;
    private static final MethodHandle FCNTL =
            CLibrary.function("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), 2);

    private QemuLock() {}

    /// Whether any process has the file open for writing; not if it is not there.
    static boolean isWritten(Path file) {
        if (Files.notExists(file)) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = CLibrary.state(arena);
            int opened = CLibrary.open(arena, state, file, CLibrary.READ_ONLY);
            try {
                MemorySegment lock = arena.allocate(FLOCK);
                lock.set(JAVA_SHORT, 0, F_WRLCK);
                lock.set(JAVA_LONG, START, WRITE_BYTE);
                lock.set(JAVA_LONG, LENGTH, 1);
                CLibrary.check(
                        "ask who writes", file, (int) FCNTL.invokeExact(state, opened, F_OFD_GETLK, lock), state);
                return lock.get(JAVA_SHORT, 0) != F_UNLCK;
            } finally {
                CLibrary.close(state, opened);
            }
        } catch (IOException e) {
            throw HostFiles.failure("find out who writes to a disk", e);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
