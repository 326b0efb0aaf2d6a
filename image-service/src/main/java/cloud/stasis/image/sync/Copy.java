package cloud.stasis.image.sync;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.repository.PartNames;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Copies one bundle from one store to another.
///
/// ```
/// reference -> manifest -> for each part: nodes from the root down; a subtree that the parent has in the same place
///                                         is there already
///                                         leaves: 4096 are asked about at once, those that lack go to the lanes
///           -> seal: the other side checks everything -> visible, under the same name
/// ```
/// Nothing is visible before the seal. A copy that was cut off anywhere is simply repeated: what came before is
/// found there and does not travel again. Memory: what the [Lanes] hold, and 32 MiB of digests of nodes.
final class Copy {
    /// The larger manifests of others could not be told over the bus.
    static final ByteCount MAX_MANIFEST = ByteCount.ofKib(384);

    private final ReferenceName name;
    private final Site from;
    private final Site to;
    private final Site local;
    private final CopyWatch watch;
    private final BlobExchange source;
    private final BlobExchange target;
    private final BlobExchange reader;
    /// Those of full shape: of others the place decides what they may be.
    private final WalkedNodes done;
    private final Map<Digest, Integer> leaves = new LinkedHashMap<>();
    private final byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];

    /// @param local whichever of the two is our own: what both have is read from it
    Copy(ReferenceName name, Site from, Site to, Site local, CopyWatch watch) {
        this(name, from, to, local, watch, new WalkedNodes());
    }

    Copy(ReferenceName name, Site from, Site to, Site local, CopyWatch watch, WalkedNodes done) {
        this.name = name;
        this.from = from;
        this.to = to;
        this.local = local;
        this.watch = watch;
        this.done = done;
        this.source = from.reading();
        this.target = to.writing(name);
        this.reader = local.reading();
    }

    /// @return false if all of it was on the other side already; of what is damaged there, only what it lacks travels
    /// @throws StasisException `WRONG_STATE` if there is another bundle of that name; `HASH_MISMATCH`,
    /// `MALFORMED_OBJECT` or `MISSING_OBJECT` if a side lies or lacks something
    boolean run(ManifestId id, Pace pace) {
        byte[] bytes = from.manifest(id);
        Manifest manifest = decode(name, id, bytes);
        if (to.has(name, id, manifest)) {
            return false;
        }
        Map<String, Content> base = base(manifest);
        try (Lanes lanes = new Lanes(source, target, pace, watch)) {
            for (Part part : manifest.parts()) {
                Optional<Content> before = Optional.ofNullable(base.get(PartNames.of(part)));
                bring(part.content(), before, lanes);
            }
            negotiate(lanes);
            lanes.finish();
        }
        watch.checkCancelled();
        to.seal(name, bytes);
        return true;
    }

    /// @throws StasisException `HASH_MISMATCH` unless it is the manifest `id`; else as [#requireSane]
    static Manifest decode(ReferenceName name, ManifestId id, byte[] bytes) {
        if (!ManifestCodec.id(bytes).equals(id)) {
            throw new StasisException(
                    ErrorCode.HASH_MISMATCH, "the bytes that came for manifest " + id + " are not those it names");
        }
        return requireSane(name, bytes);
    }

    /// @throws StasisException `MALFORMED_OBJECT`
    static Manifest requireSane(ReferenceName name, byte[] bytes) {
        if (bytes.length > MAX_MANIFEST.bytes()) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the manifest of " + name + " is larger than " + MAX_MANIFEST);
        }
        Manifest manifest = ManifestCodec.decode(bytes);
        if (manifest.kind() != name.kind()) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the manifest of " + name + " is one of another kind of bundle");
        }
        // Its shape is what it costs to walk it.
        manifest.parts().forEach(part -> new TreeShape(part.content().size()));
        return manifest;
    }

    /// What the parent has, by the names of its parts, if both sides have all of it.
    private Map<String, Content> base(Manifest manifest) {
        Map<String, Content> base = new HashMap<>();
        if (manifest.parent().isEmpty()) {
            return base;
        }
        try {
            Manifest parent =
                    ManifestCodec.decode(local.manifest(manifest.parent().get()));
            for (Part part : parent.parts()) {
                reader.hold(part.content());
                target.hold(part.content());
                base.put(PartNames.of(part), part.content());
            }
        } catch (StasisException e) {
            // Then the bundle is compared blob by blob.
            if (e.code() != ErrorCode.OBJECT_NOT_FOUND && e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
        }
        return base;
    }

    private void bring(Content content, Optional<Content> base, Lanes lanes) {
        TreeShape shape = new TreeShape(content.size());
        Digest root = content.index().digest();
        if (root.isZero() || shape.depth() == 0) {
            watch.settled(content.size());
            return;
        }
        List<Digest> before = base.filter(known -> new TreeShape(known.size()).depth() == shape.depth())
                .map(known -> List.of(known.index().digest()))
                .orElse(List.of());
        walk(List.of(root), before, shape, shape.depth(), 0, lanes);
    }

    /// @param nodes of `level`, from the place `first` on
    /// @param before what the parent has in these places
    private void walk(List<Digest> nodes, List<Digest> before, TreeShape shape, int level, long first, Lanes lanes) {
        watch.checkCancelled();
        List<Digest> differing = new ArrayList<>();
        List<Digest> formerly = new ArrayList<>();
        for (int at = 0; at < nodes.size(); at++) {
            if (!nodes.get(at).isZero() && !isSame(nodes, before, at)) {
                differing.add(nodes.get(at));
                if (at < before.size() && !before.get(at).isZero()) {
                    formerly.add(before.get(at));
                }
            }
        }
        Map<Digest, Node> found = nodes(differing, lanes);
        Map<Digest, Node> old = read(reader, formerly.stream().distinct().toList());
        for (int at = 0; at < nodes.size(); at++) {
            Digest digest = nodes.get(at);
            long place = first + at;
            Node node = isSame(nodes, before, at) ? null : found.get(digest);
            // A hostile tree may have one node in a billion places.
            if (node == null || shape.isFull(level, place) && !done.add(digest)) {
                watch.settled(bytesUnder(shape, level, place));
                continue;
            }
            List<Digest> children = node.requireAt(shape, level, place).children();
            List<Digest> oldChildren = Optional.ofNullable(at < before.size() ? old.get(before.get(at)) : null)
                    .map(Node::children)
                    .orElse(List.of());
            if (level > 1) {
                walk(children, oldChildren, shape, level - 1, place * TreeShape.FAN_OUT, lanes);
            } else {
                want(children, oldChildren, shape, place * TreeShape.FAN_OUT, lanes);
            }
        }
    }

    private static boolean isSame(List<Digest> digests, List<Digest> before, int at) {
        return at < before.size() && before.get(at).equals(digests.get(at));
    }

    private static ByteCount bytesUnder(TreeShape shape, int level, long place) {
        long begin = place * TreeShape.leavesPerPlace(level) * TreeShape.LEAF_BYTES;
        long end = Math.min(shape.size().bytes(), shape.endLeaf(level, place) * TreeShape.LEAF_BYTES);
        return ByteCount.ofBytes(end - begin);
    }

    /// These nodes; those that lack on the other side are sent on. What was walked already is left out.
    private Map<Digest, Node> nodes(List<Digest> digests, Lanes lanes) {
        List<Digest> distinct = digests.stream()
                .filter(digest -> !done.contains(digest))
                .distinct()
                .toList();
        if (distinct.isEmpty()) {
            return Map.of();
        }
        try {
            return brought(distinct, lanes);
        } catch (StasisException e) {
            // One that rotted here, and that nobody has noticed so far, is missing from now on.
            if (e.code() != ErrorCode.HASH_MISMATCH || !to.examine(distinct)) {
                throw e;
            }
            return brought(distinct, lanes);
        }
    }

    private Map<Digest, Node> brought(List<Digest> distinct, Lanes lanes) {
        BitSet missing = target.missing(distinct);
        List<Digest> lacking = missing.stream().mapToObj(distinct::get).toList();
        missing.flip(0, distinct.size());
        Map<Digest, Node> nodes =
                read(reader, missing.stream().mapToObj(distinct::get).toList());
        if (!lacking.isEmpty()) {
            List<StoredBlob> came = source.fetch(lacking);
            for (int at = 0; at < lacking.size(); at++) {
                nodes.put(lacking.get(at), decode(lacking.get(at), came.get(at)));
                lanes.send(BlobKind.NODE, lacking.get(at), came.get(at));
            }
        }
        return nodes;
    }

    private Map<Digest, Node> read(BlobExchange exchange, List<Digest> digests) {
        Map<Digest, Node> nodes = new HashMap<>();
        if (!digests.isEmpty()) {
            List<StoredBlob> stored = exchange.fetch(digests);
            for (int at = 0; at < digests.size(); at++) {
                nodes.put(digests.get(at), decode(digests.get(at), stored.get(at)));
            }
        }
        return nodes;
    }

    private Node decode(Digest digest, StoredBlob blob) {
        blob.decode(digest, plain, 0);
        return Node.decode(ByteBuffer.wrap(plain, 0, blob.plainLength()));
    }

    private void want(List<Digest> children, List<Digest> before, TreeShape shape, long first, Lanes lanes) {
        long settled = 0;
        for (int at = 0; at < children.size(); at++) {
            int length = shape.leafLength(first + at);
            boolean isThere = children.get(at).isZero() || isSame(children, before, at);
            if (isThere || leaves.putIfAbsent(children.get(at), length) != null) {
                settled += length;
            }
            if (leaves.size() == BlobExchange.MAX_QUERY) {
                negotiate(lanes);
            }
        }
        watch.settled(ByteCount.ofBytes(settled));
    }

    private void negotiate(Lanes lanes) {
        if (leaves.isEmpty()) {
            return;
        }
        watch.checkCancelled();
        List<Digest> asked = List.copyOf(leaves.keySet());
        BitSet missing = target.missing(asked);
        long settled = 0;
        for (int at = 0; at < asked.size(); at++) {
            int length = leaves.getOrDefault(asked.get(at), 0);
            if (missing.get(at)) {
                lanes.want(asked.get(at), length);
            } else {
                settled += length;
            }
        }
        watch.settled(ByteCount.ofBytes(settled));
        leaves.clear();
    }
}
