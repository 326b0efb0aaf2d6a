package cloud.stasis.chunks;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// One upload, from the source to a new root.
///
/// ```
///  walk of base tree and changed leaves          threads                              in order again
///  -------------------------------------         ----------------------------         -------------------
///  unchanged subtree: keep its digest  ------------------------------------------->   TreeAssembler
///  changed leaves, 4 to 8 MiB a unit  -------->  read -> zero? -> hash -> missing?     (new nodes are sent
///                                                -> compress -> pack -> put     --->   like chunks)
/// ```
/// Of the base only the nodes above changed leaves are fetched; a group whose leaves all changed needs none.
final class Upload {
    /// One request to the source.
    private static final int READ_BYTES = 1024 * 1024;

    private static final int LEAF = TreeShape.LEAF_BYTES;

    /// A small upload is cut into so many units for each thread, so that all are at work until its end.
    private static final int UNITS_A_THREAD = 4;

    /// What the new tree is made of, from left to right.
    private sealed interface Item {
        /// A subtree that did not change.
        record Kept(int level, Digest digest) implements Item {}

        /// The 64 leaves of a node of level 1, some of which changed or are gone.
        record Group(long index, Digest base) implements Item {}
    }

    private final ContentSource source;
    private final TreeShape shape;
    private final TreeShape baseShape;
    private final Digest baseRoot;
    private final LeafRanges changed;
    private final NodeReader nodes;
    private final BlobSender sender;
    private final Transfer transfer;
    private final NewNodes newNodes;
    private final TreeAssembler assembler;
    private final AtomicLong read = new AtomicLong();
    private final int leavesInUnit;

    private List<Item> unit = new ArrayList<>();
    private int unitLeaves;

    private Upload(
            ContentSource source,
            Content base,
            LeafRanges changed,
            TreeShape shape,
            NodeReader nodes,
            BlobSender sender,
            Transfer transfer,
            int leavesInUnit) {
        this.source = source;
        this.shape = shape;
        this.baseShape = new TreeShape(base.size());
        this.baseRoot = base.index().digest();
        this.changed = changed;
        this.nodes = nodes;
        this.sender = sender;
        this.newNodes = new NewNodes(sender);
        this.assembler = new TreeAssembler(newNodes);
        this.transfer = transfer;
        this.leavesInUnit = leavesInUnit;
    }

    static UploadResult run(
            ContentSource source,
            Content base,
            List<Extent> extents,
            TransferListener listener,
            BlobExchange exchange,
            TransferThreads threads) {
        long begin = System.nanoTime();
        TreeShape shape = new TreeShape(source.size());
        NodeReader.requireSane(base, new TreeShape(base.size()));
        if (!base.index().digest().isZero()) {
            exchange.hold(base);
        }
        LeafRanges changed = LeafRanges.of(withEdge(extents, base, shape), shape);
        int leavesInUnit = leavesInUnit(changed, threads);
        try (BlobSender sender = new BlobSender(exchange, threads.count(), leavesInUnit * LEAF);
                Transfer transfer = threads.begin(listener, ByteCount.ofBytes(changed.bytes()))) {
            Upload upload =
                    new Upload(source, base, changed, shape, new NodeReader(exchange), sender, transfer, leavesInUnit);
            Content content = upload.run();
            return new UploadResult(
                    content,
                    ByteCount.ofBytes(upload.read.get()),
                    sender.sent(),
                    sender.shared(),
                    Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    /// At least the leaves of a node, at most what a unit may hold.
    private static int leavesInUnit(LeafRanges changed, TransferThreads threads) {
        long leaves = changed.bytes() / LEAF;
        return Math.clamp(leaves / (threads.count() * UNITS_A_THREAD), TreeShape.FAN_OUT, Transfer.UNIT_LEAVES);
    }

    /// Where the sizes differ, a leaf that is partly filled on either side is not the base's.
    private static List<Extent> withEdge(List<Extent> extents, Content base, TreeShape shape) {
        long edge = Math.min(base.size().bytes(), shape.size().bytes());
        if (base.size().equals(shape.size())
                || edge % LEAF == 0
                || base.index().digest().isZero()) {
            return extents;
        }
        List<Extent> all = new ArrayList<>(extents);
        all.add(new Extent(edge - 1, 1));
        return all;
    }

    private Content run() {
        if (shape.depth() > 0) {
            walk(shape.depth(), 0, baseAtDepth());
        }
        dispatchUnit();
        transfer.finishAll();
        Content content = assembler.finish(shape);
        newNodes.send();
        sender.flush();
        return content;
    }

    /// The part of the base that lies under the new root. Where the new tree is deeper the base's root stands
    /// for itself until its own level is reached, see [#baseChildren].
    private Digest baseAtDepth() {
        Digest digest = baseRoot;
        for (int level = baseShape.depth(); level > shape.depth(); level--) {
            digest = nodes.children(digest, baseShape, level, 0).getFirst();
        }
        return digest;
    }

    private void walk(int level, long index, Digest base) {
        long first = index * TreeShape.leavesPerPlace(level);
        boolean touched = changed.touches(first, shape.endLeaf(level, index));
        if (!touched && isKept(level, index, base)) {
            unit.add(new Item.Kept(level, base));
        } else if (level == 1) {
            addToUnit(new Item.Group(index, base));
        } else {
            descend(level, index, base);
        }
    }

    private boolean isKept(int level, long index, Digest base) {
        return base.isZero() || shape.equals(baseShape) || shape.isFull(level, index) && baseShape.isFull(level, index);
    }

    private void descend(int level, long index, Digest base) {
        List<Digest> children = baseChildren(level, index, base);
        if (level > 2) {
            nodes.prefetch(touchedChildren(level, index, children));
        }
        for (int child = 0; child < shape.children(level, index); child++) {
            walk(level - 1, index * TreeShape.FAN_OUT + child, child(children, child));
        }
    }

    private List<Digest> baseChildren(int level, long index, Digest base) {
        if (base.isZero()) {
            // Also where the base has already ended, and so no children to count.
            return List.of();
        }
        return level > baseShape.depth() ? List.of(base) : nodes.children(base, baseShape, level, index);
    }

    private List<Digest> touchedChildren(int level, long index, List<Digest> children) {
        List<Digest> touched = new ArrayList<>();
        if (level <= baseShape.depth()) {
            for (int child = 0; child < children.size(); child++) {
                long place = index * TreeShape.FAN_OUT + child;
                long first = place * TreeShape.leavesPerPlace(level - 1);
                if (changed.touches(first, shape.endLeaf(level - 1, place))) {
                    touched.add(children.get(child));
                }
            }
        }
        return touched;
    }

    private static Digest child(List<Digest> children, int child) {
        return child < children.size() ? children.get(child) : Digest.ZERO;
    }

    private void addToUnit(Item.Group group) {
        int leaves = leaves(group);
        if (unitLeaves + leaves > leavesInUnit) {
            dispatchUnit();
        }
        unit.add(group);
        unitLeaves += leaves;
    }

    private int leaves(Item.Group group) {
        long first = group.index() * TreeShape.FAN_OUT;
        return changed.within(first, shape.endLeaf(1, group.index())).stream()
                .mapToInt(range -> (int) (range.end() - range.first()))
                .sum();
    }

    private void dispatchUnit() {
        List<Item> items = unit;
        unit = new ArrayList<>();
        unitLeaves = 0;
        transfer.submit(() -> process(items), groups -> assemble(items, groups.iterator()));
    }

    // ---- on the transfer's threads

    /// Reads, hashes and sends what changed in these, and answers with the leaves of each group.
    private List<List<Digest>> process(List<Item> items) throws IOException {
        List<Item.Group> groups = items.stream()
                .filter(Item.Group.class::isInstance)
                .map(Item.Group.class::cast)
                .toList();
        Map<Digest, Node> bases = nodes.nodes(groups.stream()
                .filter(group -> leaves(group) < shape.children(1, group.index()))
                .map(Item.Group::base)
                .toList());
        List<List<Digest>> digests = new ArrayList<>();
        List<BlobSender.Blob> blobs = new ArrayList<>();
        byte[] buffer = transfer.borrowBuffer();
        int used = 0;
        for (Item.Group group : groups) {
            Digest[] leaves = baseLeaves(group, bases);
            long first = group.index() * TreeShape.FAN_OUT;
            for (LeafRanges.Range range : changed.within(first, first + leaves.length)) {
                used = readRange(range, first, leaves, buffer, used, blobs);
            }
            digests.add(Arrays.asList(leaves));
        }
        sender.offer(blobs);
        transfer.giveBack(buffer);
        return digests;
    }

    private Digest[] baseLeaves(Item.Group group, Map<Digest, Node> bases) {
        Digest[] leaves = new Digest[shape.children(1, group.index())];
        Arrays.fill(leaves, Digest.ZERO);
        Node base = bases.get(group.base());
        if (base != null) {
            List<Digest> children = base.requireAt(baseShape, 1, group.index()).children();
            for (int leaf = 0; leaf < Math.min(leaves.length, children.size()); leaf++) {
                leaves[leaf] = children.get(leaf);
            }
        }
        return leaves;
    }

    private int readRange(
            LeafRanges.Range range, long first, Digest[] leaves, byte[] buffer, int used, List<BlobSender.Blob> blobs)
            throws IOException {
        int at = used;
        long leaf = range.first();
        while (leaf < range.end()) {
            long end = Math.min(range.end(), leaf + READ_BYTES / LEAF);
            int length = (int) (Math.min(end * LEAF, shape.size().bytes()) - leaf * LEAF);
            read(leaf * LEAF, buffer, at, length);
            for (; leaf < end; leaf++) {
                int slot = (int) (leaf - first);
                leaves[slot] = digest(buffer, at, shape.leafLength(leaf), leaves[slot], blobs);
                at += LEAF;
            }
            transfer.progressed(length);
        }
        return at;
    }

    private void read(long offset, byte[] buffer, int at, int length) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(buffer, at, length);
        try {
            source.read(offset, into);
        } catch (IOException e) {
            throw new StasisException(
                    ErrorCode.INTERNAL, "the source of an upload could not be read at byte " + offset, e);
        }
        if (into.hasRemaining()) {
            throw new StasisException(ErrorCode.INTERNAL, "the source of an upload ended early, at byte " + offset);
        }
        read.addAndGet(length);
    }

    private Digest digest(byte[] buffer, int at, int length, Digest base, List<BlobSender.Blob> blobs) {
        if (StoredBlob.isZero(buffer, at, length)) {
            return Digest.ZERO;
        }
        BlobSender.Blob blob = new BlobSender.Blob(BlobKind.CHUNK, Sha256.of(buffer, at, length), buffer, at, length);
        if (blob.digest().equals(base)) {
            sender.alreadyThere(blob);
        } else {
            blobs.add(blob);
        }
        return blob.digest();
    }

    // ---- in order again

    private void assemble(List<Item> items, Iterator<List<Digest>> groups) {
        for (Item item : items) {
            switch (item) {
                case Item.Kept kept -> assembler.add(kept.level(), kept.digest());
                case Item.Group _ -> groups.next().forEach(leaf -> assembler.add(0, leaf));
            }
        }
    }
}
