package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file that nobody writes any more.
public record FileSource(FileChannel channel, ByteCount size) implements ContentSource, AutoCloseable {
    /// @throws cloud.stasis.model.StasisException as of [DiskErrors]
    public static FileSource of(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new FileSource(channel, ByteCount.ofBytes(channel.size()));
        } catch (IOException e) {
            throw DiskErrors.of("read " + file.getFileName(), e);
        }
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new EOFException("the file ends before what was said to be its end");
            }
            at += read;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw DiskErrors.of("close a file", e);
        }
    }
}
