package cloud.stasis.chunks;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/// A file that much is written to and that is synced at the end. What is aligned to the blocks of the file system
/// goes past the page cache, where the file system can: that is a quarter of the processor time and of the wait for
/// the sync, and leaves the cache to the guests. Any thread may write at any place.
public final class BulkFile implements Closeable {
    private static final int PIECE_BYTES = 1024 * 1024;

    /// Of the file systems of this world, but for some that are reached over a network.
    private static final int BLOCK_BYTES = 4096;

    /// Less is not worth opening the file a second time.
    private static final int LEAST_BYTES = 64 * 1024;

    /// Pieces are kept by as many as usually write at once.
    private static final int KEPT = 8;

    private static final ArrayBlockingQueue<ByteBuffer> IDLE = new ArrayBlockingQueue<>(KEPT);

    /// The JDK's own extension. By its name, since javac warns of what is outside the standard.
    private static final Optional<OpenOption> DIRECT = option("com.sun.nio.file.ExtendedOpenOption", "DIRECT");

    private final Path path;
    private final FileChannel file;
    private Optional<FileChannel> direct = Optional.empty();
    private boolean opened;

    private BulkFile(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /// @param how must allow writing
    public static BulkFile open(Path path, OpenOption... how) throws IOException {
        return new BulkFile(path, FileChannel.open(path, how));
    }

    /// Nothing where the file system has no such way, or other blocks.
    private synchronized Optional<FileChannel> direct() {
        if (!opened) {
            opened = true;
            try {
                if (DIRECT.isPresent() && Files.getFileStore(path).getBlockSize() == BLOCK_BYTES) {
                    direct = Optional.of(FileChannel.open(path, StandardOpenOption.WRITE, DIRECT.get()));
                }
            } catch (IOException | UnsupportedOperationException e) {
                direct = Optional.empty();
            }
        }
        return direct;
    }

    /// Makes it a sparse file of this length, if it is shorter.
    public void extend(long length) throws IOException {
        if (length > file.size()) {
            file.write(ByteBuffer.wrap(new byte[1]), length - 1);
        }
    }

    /// Writes all of a range of `bytes`.
    public void write(byte[] bytes, int from, int length, long offset) throws IOException {
        int done = length >= LEAST_BYTES && offset % BLOCK_BYTES == 0 ? writePast(bytes, from, length, offset) : 0;
        while (done < length) {
            int count = Math.min(length - done, PIECE_BYTES);
            done += file.write(ByteBuffer.wrap(bytes, from + done, count), offset + done);
        }
    }

    /// Writes whole blocks past the page cache, if that can be done.
    ///
    /// @return how many bytes
    private int writePast(byte[] bytes, int from, int length, long offset) throws IOException {
        Optional<FileChannel> past = direct();
        int blocks = past.isPresent() ? length - length % BLOCK_BYTES : 0;
        ByteBuffer piece = borrow();
        try {
            for (int done = 0; done < blocks; ) {
                int count = Math.min(blocks - done, PIECE_BYTES);
                piece.clear().put(bytes, from + done, count).flip();
                int written = past.orElseThrow().write(piece, offset + done);
                done += written - written % BLOCK_BYTES;
            }
            return blocks;
        } finally {
            IDLE.offer(piece);
        }
    }

    /// What was written survives a power cut when this returns.
    public void force() throws IOException {
        file.force(true);
    }

    @Override
    public synchronized void close() throws IOException {
        try (file) {
            if (direct.isPresent()) {
                direct.get().close();
            }
        }
    }

    private static Optional<OpenOption> option(String type, String name) {
        try {
            return Arrays.stream(Class.forName(type).getEnumConstants())
                    .filter(option -> option.toString().equals(name))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private static ByteBuffer borrow() {
        ByteBuffer piece = IDLE.poll();
        return piece != null
                ? piece
                : ByteBuffer.allocateDirect(PIECE_BYTES + BLOCK_BYTES).alignedSlice(BLOCK_BYTES);
    }
}
