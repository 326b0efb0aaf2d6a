package cloud.stasis.image.disk;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/// Stores the disk of an uploaded file as content of its own. Where a unit of the file lies on a leaf of the file -
/// the rule for images with units of 64 KiB and more - the leaf of the disk *is* that leaf, and not a byte is read
/// or stored.
public final class DiskContent {
    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final int BUFFER_LEAVES = 16;

    private final ContentReader reader;
    private final Optional<Content> file;
    private final ContentWriter out;
    private final DiskImage image;

    private byte[] buffer = new byte[BUFFER_LEAVES * LEAF];
    private int buffered;

    private DiskContent(ContentReader reader, Optional<Content> file, ContentWriter out, DiskImage image) {
        this.reader = reader;
        this.file = file;
        this.out = out;
        this.image = image;
    }

    /// Stores all of `image` through `out`, which the caller closes.
    ///
    /// @param file that the image is in, unless it lies within a larger one
    public static Content store(ContentReader reader, Optional<Content> file, ContentWriter out, DiskImage image)
            throws IOException {
        return new DiskContent(reader, file, out, image).store();
    }

    private Content store() throws IOException {
        long size = image.size().bytes();
        long guest = 0;
        while (guest < size) {
            long hole = image.hole(guest);
            long zeros = guest + hole == size ? hole : hole / LEAF * LEAF;
            if (zeros > 0) {
                flush();
                out.appendZeros(ByteCount.ofBytes(zeros));
                guest += zeros;
            } else {
                int length = (int) Math.min(LEAF, size - guest);
                storeLeaf(guest, length);
                guest += length;
            }
        }
        image.finish();
        flush();
        return out.finish();
    }

    private void storeLeaf(long guest, int length) throws IOException {
        Optional<Digest> known = leafOfFile(guest, length);
        if (known.isPresent()) {
            flush();
            image.use(LEAF);
            out.appendKnown(known.get());
            return;
        }
        int unit = image.unitBytes();
        for (int done = 0; done < length; ) {
            long at = guest + done;
            int count = (int) Math.min(length - done, unit - at % unit);
            image.read(at, buffer, buffered + done, count);
            done += count;
        }
        buffered += length;
        if (buffered == buffer.length) {
            flush();
        }
    }

    /// The leaf of the file that is the leaf at `guest`, if there is one.
    private Optional<Digest> leafOfFile(long guest, int length) throws IOException {
        if (file.isEmpty() || length < LEAF || image.unitBytes() < LEAF) {
            return Optional.empty();
        }
        OptionalLong plain = image.plain(guest);
        if (plain.isEmpty()
                || plain.getAsLong() % LEAF != 0
                || plain.getAsLong() > file.get().size().bytes() - LEAF) {
            return Optional.empty();
        }
        long leaf = plain.getAsLong() / LEAF;
        return Optional.of(reader.leaves(file.get(), leaf, leaf + 1).getFirst());
    }

    private void flush() {
        if (buffered > 0) {
            out.append(buffer, buffered, () -> {});
            // The writer still works on the old one.
            buffer = new byte[BUFFER_LEAVES * LEAF];
            buffered = 0;
        }
    }
}
