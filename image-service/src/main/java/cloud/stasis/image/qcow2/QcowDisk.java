package cloud.stasis.image.qcow2;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.QcowHeader;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The disk in an uploaded qcow2 file, as content of its own. Where a cluster of the file lies on a leaf of the
/// file - the rule for images with clusters of 64 KiB and more - the leaf of the disk *is* that leaf, and not a
/// byte is read or stored.
public final class QcowDisk {
    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final int BUFFER_LEAVES = 16;

    private final ContentReader reader;
    private final Optional<Content> file;
    private final ContentWriter out;
    private final QcowReader image;

    private byte[] buffer = new byte[BUFFER_LEAVES * LEAF];
    private int buffered;

    private QcowDisk(ContentReader reader, Optional<Content> file, ContentWriter out, QcowReader image) {
        this.reader = reader;
        this.file = file;
        this.out = out;
        this.image = image;
    }

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
                return new QcowDisk(reader, file, out, image).store();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Content store() throws IOException {
        long size = image.header().virtualSize().bytes();
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
        int clusterSize = image.header().clusterSize();
        for (int done = 0; done < length; ) {
            long at = guest + done;
            int count = (int) Math.min(length - done, clusterSize - at % clusterSize);
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
        int clusterSize = image.header().clusterSize();
        if (file.isEmpty()
                || length < LEAF
                || clusterSize < LEAF
                || !(image.cluster(guest / clusterSize) instanceof QcowReader.Cluster.Plain plain)) {
            return Optional.empty();
        }
        long offset = plain.offset() + guest % clusterSize;
        if (offset % LEAF != 0 || offset > file.get().size().bytes() - LEAF) {
            return Optional.empty();
        }
        return Optional.of(
                reader.leaves(file.get(), offset / LEAF, offset / LEAF + 1).getFirst());
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
