package cloud.stasis.image.repository;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/// The store to a writer that must not find out what others have. To it only that is there
/// which it has put itself, and what the bundles hold that it may know of: to questions, as a
/// base to build on, and in the seal. Otherwise whoever knows the hash of a chunk could ask
/// whether it is there, or even get at its bytes by sealing an index that names it.
///
/// What it puts is stored again even if others have it, so that not even the time that this takes tells; the
/// collector removes the second copy.
public final class NarrowWriter implements BlobExchange {
    private final StoreState state;
    private final String holder;
    private final Brought brought;
    private final Kin kin;
    private final BlobExchange whole;

    /// @param brought by this writer so far
    /// @param kin bundles that it may know of
    /// @param whole the store to a writer that may know everything, of the same holder
    NarrowWriter(StoreState state, String holder, Brought brought, Kin kin, BlobExchange whole) {
        this.state = state;
        this.holder = holder;
        this.brought = brought;
        this.kin = kin;
        this.whole = whole;
    }

    @Override
    public BitSet missing(List<Digest> digests) {
        BitSet missing = whole.missing(digests);
        for (int at = 0; at < digests.size(); at++) {
            if (!isKnown(digests.get(at))) {
                missing.set(at);
            }
        }
        return missing;
    }

    @Override
    public void put(Pack pack) {
        state.leases.use(holder, state.uptime.now());
        List<PackEntry> entries = pack.verify();
        state.put(pack, entries);
        entries.forEach(entry -> brought.add(entry.digest()));
    }

    @Override
    public List<StoredBlob> fetch(List<Digest> digests) {
        digests.stream().filter(digest -> !isKnown(digest)).findFirst().ifPresent(NarrowWriter::refuse);
        return whole.fetch(digests);
    }

    @Override
    public void suspect(Digest digest) {
        if (isKnown(digest)) {
            whole.suspect(digest);
        }
    }

    @Override
    public void hold(Content content) {
        require(content);
        whole.hold(content);
    }

    /// The writer's bundle was sealed: it may build on it.
    public void sealed(ManifestId id, Manifest manifest) {
        kin.add(id, manifest);
    }

    /// To be called before a bundle of the writer is sealed.
    ///
    /// @throws StasisException `MISSING_OBJECT` if it names
    /// anything that the writer has not put and may not know of
    public void require(Manifest manifest) {
        manifest.parts().forEach(part -> require(part.content()));
    }

    private void require(Content content) {
        Digest root = content.index().digest();
        if (!root.isZero()) {
            require(root, new TreeShape(content.size()).depth(), new Walked());
        }
    }

    private void require(Digest digest, int level, Walked walked) {
        if (level > 0 && kin.holdsBelow(digest)) {
            return;
        }
        if (!isKnown(digest)) {
            refuse(digest);
        }
        if (level > 0 && walked.add(digest)) {
            Node node = state.node(digest);
            if (node.level() != level) {
                throw new StasisException(
                        ErrorCode.MALFORMED_OBJECT, "node " + digest + " does not belong where the index has it");
            }
            for (Digest child : node.children()) {
                if (!child.isZero()) {
                    require(child, level - 1, walked);
                }
            }
        }
    }

    /// Nodes that were walked: a bit for each blob of the store, however many an index claims. When blobs get other
    /// numbers it forgets everything.
    private final class Walked {
        private final BitSet numbers = new BitSet();
        private long renumbered = state.directory.renumbered();

        boolean add(Digest digest) {
            OptionalInt number = state.directory.numberOf(digest);
            long now = state.directory.renumbered();
            if (now != renumbered) {
                renumbered = now;
                numbers.clear();
                return true;
            }
            if (number.isEmpty() || numbers.get(number.getAsInt())) {
                return number.isEmpty();
            }
            numbers.set(number.getAsInt());
            return true;
        }
    }

    private boolean isKnown(Digest digest) {
        return brought.contains(digest) || kin.holds(digest);
    }

    /// As the seal would refuse what is not there at all.
    private static void refuse(Digest digest) {
        throw new StasisException(ErrorCode.MISSING_OBJECT, "the store has no blob " + digest);
    }
}
