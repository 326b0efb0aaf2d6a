package cloud.stasis.chunks;

import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One download into a sparse file. One thread walks the index, others fetch, verify and write 8 MiB at a time;
/// what is zeros is never written, so it stays a hole.
final class Download {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    private record Leaf(long index, Digest digest) {}

    private final BlobExchange exchange;
    private final TreeShape shape;
    private final NodeReader nodes;
    private final Transfer transfer;
    private final BulkFile file;
    private final TransferListener listener;

    private List<Leaf> unit = new ArrayList<>();

    private Download(
            BlobExchange exchange, TreeShape shape, Transfer transfer, BulkFile file, TransferListener listener) {
        this.exchange = exchange;
        this.shape = shape;
        this.nodes = new NodeReader(exchange);
        this.transfer = transfer;
        this.file = file;
        this.listener = listener;
    }

    static void run(
            Content content, Path target, TransferListener listener, BlobExchange exchange, TransferThreads threads) {
        TreeShape shape = new TreeShape(content.size());
        NodeReader.requireSane(content, shape);
        Path directory = Objects.requireNonNull(target.toAbsolutePath().getParent());
        Path part = directory.resolve(target.getFileName() + ".part");
        try {
            try (BulkFile file = BulkFile.open(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
                    Transfer transfer = threads.begin(listener, content.size())) {
                file.extend(content.size().bytes());
                new Download(exchange, shape, transfer, file, listener)
                        .run(content.index().digest());
                file.force();
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel opened = FileChannel.open(directory)) {
                opened.force(true);
            }
        } catch (IOException e) {
            discard(part);
            throw DiskErrors.of("writing a downloaded disk", e);
        } catch (RuntimeException e) {
            discard(part);
            throw e;
        }
    }

    private void run(Digest root) {
        if (shape.depth() > 0) {
            walk(shape.depth(), 0, root);
        }
        dispatchUnit();
        transfer.finishAll();
    }

    private void walk(int level, long index, Digest digest) {
        if (digest.isZero()) {
            long first = index * TreeShape.leavesPerPlace(level);
            transfer.progressed(
                    Math.min(shape.endLeaf(level, index) * LEAF, shape.size().bytes()) - first * LEAF);
            return;
        }
        List<Digest> children = nodes.children(digest, shape, level, index);
        if (level > 1) {
            nodes.prefetch(children);
        }
        for (int child = 0; child < children.size(); child++) {
            long place = index * TreeShape.FAN_OUT + child;
            if (level > 1) {
                walk(level - 1, place, children.get(child));
            } else {
                addToUnit(place, children.get(child));
            }
        }
    }

    private void addToUnit(long leaf, Digest digest) {
        if (digest.isZero()) {
            transfer.progressed(shape.leafLength(leaf));
            return;
        }
        unit.add(new Leaf(leaf, digest));
        if (unit.size() == Transfer.UNIT_LEAVES) {
            dispatchUnit();
        }
    }

    private void dispatchUnit() {
        List<Leaf> leaves = unit;
        unit = new ArrayList<>();
        transfer.submit(() -> process(leaves), _ -> {});
    }

    // ---- on the transfer's threads

    private Boolean process(List<Leaf> leaves) {
        List<Digest> digests = leaves.stream().map(Leaf::digest).distinct().toList();
        List<StoredBlob> blobs = digests.isEmpty() ? List.of() : exchange.fetch(digests);
        Map<Digest, StoredBlob> found = new HashMap<>();
        for (int at = 0; at < blobs.size(); at++) {
            found.put(digests.get(at), blobs.get(at));
        }
        byte[] buffer = transfer.borrowBuffer();
        int runStart = 0;
        for (int at = 0; at < leaves.size(); at++) {
            Leaf leaf = leaves.get(at);
            int length = shape.leafLength(leaf.index);
            ContentReader.decode(exchange, found.get(leaf.digest), leaf.digest, length, buffer, at * LEAF);
            if (at + 1 == leaves.size() || leaves.get(at + 1).index != leaf.index + 1) {
                int run = (at - runStart) * LEAF + length;
                write(buffer, runStart * LEAF, run, leaves.get(runStart).index * LEAF);
                runStart = at + 1;
            }
        }
        transfer.giveBack(buffer);
        return true;
    }

    private void write(byte[] buffer, int from, int length, long offset) {
        try {
            file.write(buffer, from, length, offset);
            listener.written(new Extent(offset, length));
            transfer.progressed(length);
        } catch (IOException e) {
            throw DiskErrors.of("writing a downloaded disk", e);
        }
    }

    private static void discard(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // The next attempt replaces it.
        }
    }
}
