package cloud.stasis.chunks;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import java.util.ArrayList;
import java.util.List;

/// Stores content that comes in order, from left to right: a stream, or the leaves of another content put
/// together anew. Hashing and compressing happen on other threads; memory does not grow with the content. To be
/// used by one thread, and closed.
public final class ContentWriter implements AutoCloseable {
    /// Subtrees whose digests are known are handed on in batches of this many.
    private static final int KNOWN_BATCH = 4096;

    private static final int LEAF = TreeShape.LEAF_BYTES;

    private record Known(int level, Digest digest) {}

    private final BlobSender sender;
    private final Transfer transfer;
    private final NewNodes newNodes;
    private final TreeAssembler assembler;
    private List<Known> known = new ArrayList<>();
    private long size;

    public ContentWriter(BlobExchange exchange, TransferThreads threads) {
        this.sender = new BlobSender(exchange, 1, Pack.TARGET_BYTES);
        this.newNodes = new NewNodes(sender);
        this.assembler = new TreeAssembler(newNodes);
        this.transfer = threads.begin(TransferListener.NONE, ByteCount.ZERO);
    }

    /// Adds the first `length` bytes of `bytes`: whole leaves, unless they are the last. May wait until earlier
    /// ones are done.
    ///
    /// @param whenFree run, on any thread, as soon as `bytes` may be changed again
    public void append(byte[] bytes, int length, Runnable whenFree) {
        requireAligned();
        passOnKnown();
        size += length;
        transfer.submit(
                () -> {
                    try {
                        return store(bytes, length);
                    } finally {
                        whenFree.run();
                    }
                },
                leaves -> leaves.forEach(leaf -> assembler.add(0, leaf)));
    }

    /// Adds a whole leaf that the store has already.
    public void appendKnown(Digest leaf) {
        requireAligned();
        size += LEAF;
        addKnown(0, leaf);
    }

    /// Adds zeros: whole leaves, unless they are the last.
    public void appendZeros(ByteCount zeros) {
        requireAligned();
        long leaf = size / LEAF;
        size += zeros.bytes();
        long end = Math.ceilDiv(size, (long) LEAF);
        while (leaf < end) {
            int level = 0;
            while (level + 1 < TreeShape.MAX_DEPTH
                    && leaf % TreeShape.leavesPerPlace(level + 1) == 0
                    && leaf + TreeShape.leavesPerPlace(level + 1) <= end) {
                level++;
            }
            addKnown(level, Digest.ZERO);
            leaf += TreeShape.leavesPerPlace(level);
        }
    }

    /// Waits for everything and gives the content; all of it is durable.
    public Content finish() {
        passOnKnown();
        transfer.finishAll();
        Content content = assembler.finish(new TreeShape(ByteCount.ofBytes(size)));
        newNodes.send();
        sender.flush();
        return content;
    }

    /// Bytes of packs that were stored so far.
    public ByteCount sent() {
        return sender.sent();
    }

    @Override
    public void close() {
        transfer.close();
        sender.close();
    }

    private void requireAligned() {
        if (size % LEAF != 0) {
            throw new IllegalStateException("nothing can follow a short leaf");
        }
    }

    private void addKnown(int level, Digest digest) {
        known.add(new Known(level, digest));
        if (known.size() == KNOWN_BATCH) {
            passOnKnown();
        }
    }

    private void passOnKnown() {
        if (!known.isEmpty()) {
            List<Known> batch = known;
            known = new ArrayList<>();
            transfer.submit(() -> batch, subtrees -> subtrees.forEach(one -> assembler.add(one.level, one.digest)));
        }
    }

    private List<Digest> store(byte[] bytes, int length) {
        List<Digest> leaves = new ArrayList<>();
        List<BlobSender.Blob> blobs = new ArrayList<>();
        for (int at = 0; at < length; at += LEAF) {
            int leafLength = Math.min(LEAF, length - at);
            if (StoredBlob.isZero(bytes, at, leafLength)) {
                leaves.add(Digest.ZERO);
            } else {
                Digest digest = Sha256.of(bytes, at, leafLength);
                blobs.add(new BlobSender.Blob(BlobKind.CHUNK, digest, bytes, at, leafLength));
                leaves.add(digest);
            }
        }
        sender.offer(blobs);
        return leaves;
    }
}
