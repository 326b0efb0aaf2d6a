package cloud.stasis.compute.capture;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Things that are not disks as content.
final class Sources {
    private Sources() {}

    record Bytes(byte[] bytes) implements ContentSource {
        @Override
        public ByteCount size() {
            return ByteCount.ofBytes(bytes.length);
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            into.put(bytes, Math.toIntExact(offset), into.remaining());
        }
    }

    /// A file that nobody writes any more.
    record OpenFile(FileChannel channel, ByteCount size) implements ContentSource, AutoCloseable {
        static OpenFile of(Path file) {
            try {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                return new OpenFile(channel, ByteCount.ofBytes(channel.size()));
            } catch (IOException e) {
                throw HostFiles.failure("read " + file.getFileName(), e);
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
                throw HostFiles.failure("close a file", e);
            }
        }
    }
}
