package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.blob.Slot;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// From where a collection walks: what references name, what a seal is about to name, what is still read, and what
/// writers build on. It may be walked more than once; what was walked is not walked again. For one thread.
final class Roots {
    private static final Logger LOG = Logger.getLogger(Roots.class);
    private static final int READERS = 16;

    private final StoreState state;
    private final Reach reach;
    private final Set<ManifestId> named = new HashSet<>();
    private final Set<ManifestId> walked = new HashSet<>();
    private int bundles;

    Roots(StoreState state, Reach reach) {
        this.state = state;
        this.reach = reach;
    }

    /// How many bundles could be seen at the last walk.
    int bundles() {
        return bundles;
    }

    /// Whether some reference names this manifest, or is about to, or somebody reads it.
    boolean isNamed(ManifestId manifest) {
        return named.contains(manifest);
    }

    /// Everything that is named now.
    ///
    /// @throws StasisException `MISSING_OBJECT` if a bundle that can be seen is damaged
    void walkReferences() {
        List<ReferenceName> names = Stream.of(ReferenceName.Kind.values())
                .flatMap(kind -> state.references.names(kind).stream())
                .toList();
        List<Slot> slots = Collections.synchronizedList(new ArrayList<>());
        Parallel.forEach(READERS, names, name -> state.references.slot(name).ifPresent(slots::add));
        bundles = 0;
        for (Slot slot : slots) {
            slot.pending().ifPresent(this::walkWhatIsThere);
            Optional<ManifestId> visible = slot.manifest();
            if (visible.isPresent()) {
                bundles++;
                walkVisible(slot.name(), visible.get());
            }
        }
    }

    /// A manifest that nobody can see yet, or any more.
    void walkWhatIsThere(ManifestId id) {
        named.add(id);
        try {
            reach.addWhatIsThere(manifest(id));
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
            LOG.warnf("A bundle that cannot be seen is damaged, and not waited for manifest=%s code=%s", id, e.code());
        }
    }

    void walkHeld(List<Content> contents) {
        contents.forEach(reach::addWhatIsThere);
    }

    private void walkVisible(ReferenceName name, ManifestId id) {
        named.add(id);
        if (!walked.add(id)) {
            return;
        }
        try {
            reach.add(manifest(id));
        } catch (StasisException e) {
            throw StoreState.isDamage(e)
                    ? new StasisException(
                            ErrorCode.MISSING_OBJECT,
                            "nothing is collected while " + name + " is damaged: repair it, or drop it",
                            e)
                    : e;
        }
    }

    private Manifest manifest(ManifestId id) {
        return ManifestCodec.decode(state.manifest(id));
    }
}
