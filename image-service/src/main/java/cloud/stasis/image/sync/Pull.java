package cloud.stasis.image.sync;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.HttpPeer;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Brings one bundle of a peer here.
///
/// ```
/// reference -> manifest -> for each part: nodes from the root down, those that are missing here from the peer
///                                         leaves that are missing here, 128 at a time  -> packs -> put
///           -> seal: everything is checked to be there and whole -> visible, under the same name
/// ```
/// Nothing is visible before the seal. A pull that was cut off anywhere is simply repeated: what came before is
/// found here and does not travel again. Memory: one answer and one pack of 8 MiB each, and a digest for each
/// node of the bundle.
public final class Pull {
    private static final Logger LOG = Logger.getLogger(Pull.class);

    private final Repository here;
    private final HttpPeer peer;
    private final ReferenceName name;
    private final BlobExchange store;
    private final Set<Digest> done = new HashSet<>();
    private final Map<Digest, Integer> wanted = new LinkedHashMap<>();
    private final byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];
    private long blobs;
    private long received;

    private Pull(Repository here, HttpPeer peer, ReferenceName name) {
        this.here = here;
        this.peer = peer;
        this.name = name;
        // What comes is verified here, so that it is not verified twice.
        this.store = here.ownExchangeFor(name.toString());
    }

    /// @param expected the manifest, if the caller knows it from elsewhere; else the peer says what the
    ///     bundle is
    /// @throws StasisException `WRONG_STATE` if there is another bundle of that name here; `HASH_MISMATCH`,
    /// `MALFORMED_OBJECT` or `MISSING_OBJECT` if the peer lies or lacks something
    public static Pulled run(Repository here, HttpPeer peer, ReferenceName name, Optional<ManifestId> expected) {
        long begin = System.nanoTime();
        ManifestId id = expected.orElseGet(() -> peer.reference(name));
        Optional<ManifestId> present = here.reference(name).map(Reference::manifest);
        Pull pull = new Pull(here, peer, name);
        if (present.isEmpty()) {
            pull.bring(id);
        } else if (!present.get().equals(id)) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "there is another " + name + " here: drop it before its namesake is pulled");
        }
        Pulled pulled = new Pulled(
                id, pull.blobs, ByteCount.ofBytes(pull.received), Duration.ofNanos(System.nanoTime() - begin));
        LOG.infof(
                "Pulled bundle=%s manifest=%s blobs=%s bytes=%s tookMillis=%s",
                name,
                id,
                pulled.blobs(),
                pulled.received().bytes(),
                pulled.took().toMillis());
        return pulled;
    }

    private void bring(ManifestId id) {
        byte[] bytes = peer.manifest(id);
        if (!ManifestCodec.id(bytes).equals(id)) {
            throw new StasisException(
                    ErrorCode.HASH_MISMATCH, "the bytes that came for manifest " + id + " are not those it names");
        }
        Manifest manifest = ManifestCodec.decode(bytes);
        try (PackBuilder pack = new PackBuilder()) {
            for (Part part : manifest.parts()) {
                bring(part.content(), pack);
            }
            fetchWanted(pack);
            put(pack);
        }
        here.sealNew(name, manifest);
    }

    private void bring(Content content, PackBuilder pack) {
        TreeShape shape = new TreeShape(content.size());
        Digest root = content.index().digest();
        if (!root.isZero() && shape.depth() > 0) {
            walk(List.of(root), shape, shape.depth(), 0, pack);
        }
    }

    /// @param nodes of `level`, from the place `first` on
    private void walk(List<Digest> nodes, TreeShape shape, int level, long first, PackBuilder pack) {
        Map<Digest, Node> found = nodes(nodes, pack);
        for (int at = 0; at < nodes.size(); at++) {
            Node node = found.get(nodes.get(at));
            long place = first + at;
            // A hostile tree may have one node in a billion places.
            if (node == null || shape.isFull(level, place) && !done.add(nodes.get(at))) {
                continue;
            }
            List<Digest> children = node.requireAt(shape, level, place).children();
            if (level > 1) {
                walk(children, shape, level - 1, place * TreeShape.FAN_OUT, pack);
            } else {
                want(children, shape, place * TreeShape.FAN_OUT, pack);
            }
        }
    }

    /// These nodes, from here or from the peer; ZERO is left out, and what was walked already.
    private Map<Digest, Node> nodes(List<Digest> digests, PackBuilder pack) {
        List<Digest> distinct = digests.stream()
                .filter(digest -> !digest.isZero() && !done.contains(digest))
                .distinct()
                .toList();
        if (distinct.isEmpty()) {
            return Map.of();
        }
        BitSet missing = store.missing(distinct);
        List<Digest> there = missing.stream().mapToObj(distinct::get).toList();
        missing.flip(0, distinct.size());
        List<Digest> local = missing.stream().mapToObj(distinct::get).toList();
        Map<Digest, Node> nodes = new LinkedHashMap<>();
        if (!local.isEmpty()) {
            List<StoredBlob> stored = store.fetch(local);
            for (int at = 0; at < local.size(); at++) {
                nodes.put(local.get(at), decode(local.get(at), stored.get(at)));
            }
        }
        if (!there.isEmpty()) {
            List<StoredBlob> came = peer.exchange().fetch(there);
            for (int at = 0; at < there.size(); at++) {
                nodes.put(there.get(at), decode(there.get(at), came.get(at)));
                take(BlobKind.NODE, there.get(at), came.get(at), pack);
            }
        }
        return nodes;
    }

    private Node decode(Digest digest, StoredBlob blob) {
        blob.decode(digest, plain, 0);
        return Node.decode(ByteBuffer.wrap(plain, 0, blob.plainLength()));
    }

    private void want(List<Digest> leaves, TreeShape shape, long first, PackBuilder pack) {
        for (int at = 0; at < leaves.size(); at++) {
            if (!leaves.get(at).isZero()) {
                wanted.put(leaves.get(at), shape.leafLength(first + at));
            }
            if (wanted.size() == BlobExchange.MAX_FETCH) {
                fetchWanted(pack);
            }
        }
    }

    private void fetchWanted(PackBuilder pack) {
        List<Digest> asked = List.copyOf(wanted.keySet());
        List<Digest> missing = asked.isEmpty()
                ? List.of()
                : store.missing(asked).stream().mapToObj(asked::get).toList();
        List<StoredBlob> came = missing.isEmpty() ? List.of() : peer.exchange().fetch(missing);
        for (int at = 0; at < missing.size(); at++) {
            StoredBlob blob = came.get(at);
            if (blob.plainLength() != wanted.getOrDefault(missing.get(at), 0)) {
                throw new StasisException(
                        ErrorCode.MALFORMED_OBJECT,
                        "the peer's chunk " + missing.get(at) + " is not as long as its leaf");
            }
            blob.decode(missing.get(at), plain, 0);
            if (StoredBlob.isZero(plain, 0, blob.plainLength())) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a chunk of zeros is never stored");
            }
            take(BlobKind.CHUNK, missing.get(at), blob, pack);
        }
        wanted.clear();
    }

    private void take(BlobKind kind, Digest digest, StoredBlob blob, PackBuilder pack) {
        pack.addStored(kind, digest, blob);
        blobs++;
        received += blob.length();
        if (pack.isFull()) {
            put(pack);
        }
    }

    private void put(PackBuilder pack) {
        if (!pack.isEmpty()) {
            store.put(pack.build());
        }
    }
}
