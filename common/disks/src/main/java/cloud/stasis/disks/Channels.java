package cloud.stasis.disks;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

final class Channels {
    private Channels() {}

    /// Reads until the buffer is full.
    static void fill(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the NBD server closed the connection");
            }
        }
    }
}
