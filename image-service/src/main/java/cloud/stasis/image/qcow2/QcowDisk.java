package cloud.stasis.image.qcow2;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.QcowHeader;
import cloud.stasis.image.disk.DiskContent;
import cloud.stasis.model.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The disk in an uploaded qcow2 file, as content of its own.
public final class QcowDisk {
    private QcowDisk() {}

    /// Whether a file begins like a qcow2 image of whatever version.
    public static boolean isQcow(byte[] head, int length) {
        return QcowHeader.isQcow(ByteBuffer.wrap(head, 0, length));
    }

    /// Stores the disk that is in `file` through `out`, which the caller closes.
    ///
    /// @throws cloud.stasis.model.StasisException `HOSTILE_IMAGE` if the file is not an image that stands alone
    public static Content store(ContentReader reader, Content file, ContentWriter out) {
        return store(reader, Optional.of(file), reader.source(file), out);
    }

    /// The same for a file that is not content by itself: it lies within another one.
    public static Content store(ContentReader reader, ContentSource file, ContentWriter out) {
        return store(reader, Optional.empty(), file, out);
    }

    private static Content store(
            ContentReader reader, Optional<Content> file, ContentSource source, ContentWriter out) {
        try {
            int length = (int) Math.min(QcowHeader.MAX_BYTES, source.size().bytes());
            ByteBuffer head = ByteBuffer.allocate(length);
            source.read(0, head);
            QcowHeader header = QcowHeader.parse(head.flip(), source.size());
            try (QcowReader image = new QcowReader(header, source)) {
                return DiskContent.store(reader, file, out, image);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
