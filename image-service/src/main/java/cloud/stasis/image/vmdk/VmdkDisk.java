package cloud.stasis.image.vmdk;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.image.disk.DiskContent;
import cloud.stasis.model.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The disk in an uploaded VMDK file, as content of its own.
public final class VmdkDisk {
    private VmdkDisk() {}

    /// Whether a file begins like a sparse VMDK, of which there are more kinds than are read here.
    public static boolean isVmdk(byte[] head, int length) {
        return length >= 4
                && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() == VmdkHeader.MAGIC;
    }

    /// Stores the disk that is in `file` through `out`, which the caller closes.
    ///
    /// @throws cloud.stasis.model.StasisException `HOSTILE_IMAGE` if the file is not an image that stands alone, or
    /// is cut off
    public static Content store(ContentReader reader, Content file, ContentWriter out) {
        return store(reader, Optional.of(file), reader.source(file), out);
    }

    /// The same for a file that is not content by itself: it lies within another one.
    public static Content store(ContentReader reader, ContentSource file, ContentWriter out) {
        return store(reader, Optional.empty(), file, out);
    }

    private static Content store(
            ContentReader reader, Optional<Content> file, ContentSource source, ContentWriter out) {
        try (VmdkReader image = new VmdkReader(source)) {
            return DiskContent.store(reader, file, out, image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
