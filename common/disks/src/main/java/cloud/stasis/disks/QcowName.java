package cloud.stasis.disks;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The name in a qcow2 header of what the layer stands on.
final class QcowName {
    /// Of a header: magic, version, offset and length of the name.
    private static final int HEADER_BYTES = 20;

    private static final int OFFSET_AT = 8;
    private static final int LENGTH_AT = 16;
    /// As the format has it.
    private static final int MAX_BYTES = 1023;

    private QcowName() {}

    /// Empty if it stands on nothing.
    static Optional<String> below(Path layer) {
        try (FileChannel file = FileChannel.open(layer, StandardOpenOption.READ)) {
            ByteBuffer header = read(file, 0, HEADER_BYTES);
            long offset = header.getLong(OFFSET_AT);
            int length = header.getInt(LENGTH_AT);
            if (offset == 0 || length == 0) {
                return Optional.empty();
            }
            if (offset < 0 || length < 0 || length > MAX_BYTES) {
                throw new IOException("its header is damaged");
            }
            return Optional.of(
                    StandardCharsets.UTF_8.decode(read(file, offset, length)).toString());
        } catch (IOException e) {
            throw HostFiles.failure("read the header of a layer", e);
        }
    }

    private static ByteBuffer read(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("it ends too early");
            }
        }
        return bytes.flip();
    }
}
