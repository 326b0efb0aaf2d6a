package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Which bundles lack something. Unlike a seal, it counts what is missing and goes on. For one thread.
final class Wholeness {
    private final StoreState state;
    private final Set<Digest> lost;

    /// Nodes under which nothing is missing, by their numbers.
    private final BitSet whole = new BitSet();

    /// @param lost blobs that are known to be damaged where they lie
    Wholeness(StoreState state, Set<Digest> lost) {
        this.state = state;
        this.lost = lost;
    }

    List<Affected> affected() {
        List<Affected> affected = new ArrayList<>();
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            for (ReferenceName name : state.references.names(kind)) {
                check(name, affected);
            }
        }
        return affected;
    }

    private void check(ReferenceName name, List<Affected> affected) {
        try {
            Optional<Reference> reference = state.references.visible(name);
            if (reference.isEmpty()) {
                return;
            }
            Manifest manifest =
                    ManifestCodec.decode(state.manifest(reference.get().manifest()));
            for (Part part : manifest.parts()) {
                long missing = missing(part.content());
                if (missing > 0) {
                    affected.add(new Affected(name, PartNames.of(part), missing));
                }
            }
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
            affected.add(new Affected(name, "manifest", 1));
        }
    }

    private long missing(Content content) {
        Digest root = content.index().digest();
        return root.isZero() ? 0 : missing(root, new TreeShape(content.size()).depth());
    }

    private long missing(Digest digest, int level) {
        OptionalInt number = state.directory.numberOf(digest);
        if (number.isEmpty() || lost.contains(digest)) {
            return 1;
        }
        if (level == 0) {
            return 0;
        }
        if (whole.get(number.getAsInt())) {
            return 0;
        }
        long missing = 0;
        try {
            Node node = state.node(digest);
            for (Digest child : node.children()) {
                missing += child.isZero() ? 0 : missing(child, level - 1);
            }
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
            missing++;
        }
        if (missing == 0) {
            whole.set(number.getAsInt());
        }
        return missing;
    }
}
