package cloud.stasis.disks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// What the C library can do with files and the JDK cannot.
final class CLibrary {
    /// `O_RDONLY | O_CLOEXEC` of Linux.
    static final int READ_ONLY = 0x80000;

    /// `O_WRONLY | O_CLOEXEC` of Linux.
    static final int WRITE_ONLY = 1 | READ_ONLY;

    private static final int PRIVATE_MODE = 0600;

    private static final String ERRNO = "errno";
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_FIELD = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement(ERRNO));

    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 1);
    private static final MethodHandle MESSAGE = plain("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    private static final long MAX_MESSAGE_BYTES = 256;

    private CLibrary() {}

    /// Where a call leaves why it failed.
    static MemorySegment state(Arena arena) {
        return arena.allocate(CALL_STATE);
    }

    /// Why the last call failed, if it did.
    static int errno(MemorySegment state) {
        return (int) ERRNO_FIELD.get(state, 0L);
    }

    static int open(Arena arena, MemorySegment state, Path file, int flags) throws Throwable {
        int opened = (int) OPEN.invokeExact(state, arena.allocateFrom(file.toString()), flags, PRIVATE_MODE);
        return check("open", file, opened, state);
    }

    static void close(MemorySegment state, int file) throws Throwable {
        int ignored = (int) CLOSE.invokeExact(state, file);
    }

    /// @throws IOException that says what was attempted, if the result is that of a failure
    static int check(String attempted, Path file, int result, MemorySegment state) throws Throwable {
        return (int) check(attempted, file, (long) result, state);
    }

    /// As [#check(String, Path, int, MemorySegment)].
    @SuppressWarnings("restricted")
    static long check(String attempted, Path file, long result, MemorySegment state) throws Throwable {
        if (result < 0) {
            MemorySegment said = (MemorySegment) MESSAGE.invokeExact(errno(state));
            throw new IOException("cannot " + attempted + " " + file.getFileName() + ": "
                    + said.reinterpret(MAX_MESSAGE_BYTES).getString(0));
        }
        return result;
    }

    /// @param fixed arguments; more are variadic
    @SuppressWarnings("restricted")
    static MethodHandle function(String name, FunctionDescriptor shape, int fixed) {
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
