package cloud.stasis.image.blob.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/// Reads from files, and keeps some of them open, since a restore reads each pack about a hundred times.
final class OpenFiles implements AutoCloseable {
    private static final int MOST = 128;

    /// Another thread may close the file that this one is about to read: because it made room, or because it
    /// was interrupted in a read.
    private static final int ATTEMPTS = 8;

    private final LinkedHashMap<Path, FileChannel> open = new LinkedHashMap<>(16, 0.75f, true);

    /// Fills `into`.
    ///
    /// @return false if the file ends before
    boolean read(Path file, long offset, ByteBuffer into) throws IOException {
        int start = into.position();
        for (int attempt = 1; ; attempt++) {
            try {
                return read(channel(file), offset, into.position(start));
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (ClosedChannelException e) {
                forgetClosed(file);
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (open) {
            for (FileChannel channel : open.values()) {
                channel.close();
            }
            open.clear();
        }
    }

    /// Reads no more from a file that is gone from its place. Who reads from it now looks for it anew.
    void forget(Path file) throws IOException {
        synchronized (open) {
            FileChannel channel = open.remove(file);
            if (channel != null) {
                channel.close();
            }
        }
    }

    private static boolean read(FileChannel channel, long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    private FileChannel channel(Path file) throws IOException {
        synchronized (open) {
            FileChannel channel = open.get(file);
            if (channel == null) {
                channel = FileChannel.open(file);
                open.put(file, channel);
            }
            if (open.size() > MOST) {
                open.pollFirstEntry().getValue().close();
            }
            return channel;
        }
    }

    private void forgetClosed(Path file) {
        synchronized (open) {
            FileChannel channel = open.get(file);
            if (channel != null && !channel.isOpen()) {
                open.remove(file);
            }
        }
    }
}
