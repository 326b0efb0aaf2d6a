package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.model.Digest;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/// The bundles that somebody may know of, and what they hold: a bit for each blob of the store.
final class Kin {
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final StoreState state;
    private final Predicate<Manifest> isKin;

    /// Looked at, whether they are kin or not.
    private final Set<ManifestId> seen = new HashSet<>();

    private final Set<ManifestId> kin = new HashSet<>();

    /// Kin, whatever they say of themselves.
    private final Set<ManifestId> added = new HashSet<>();

    private Reach reach;
    private long renumbered;
    private long changes = -1;
    private Duration lookedAt = Duration.ZERO;

    Kin(StoreState state, Predicate<Manifest> isKin) {
        this.state = state;
        this.isKin = isKin;
        this.reach = new Reach(state);
        this.renumbered = state.directory.renumbered();
    }

    /// Sees what was sealed here since the last time, and now and then what other replicas sealed.
    synchronized void refresh() {
        long now = state.directory.renumbered();
        long changed = state.changes.get();
        if (renumbered == now
                && changes == changed
                && state.uptime.now().minus(lookedAt).compareTo(FRESH) < 0) {
            return;
        }
        changes = changed;
        lookedAt = state.uptime.now();
        if (renumbered != now) {
            renumbered = now;
            reach = new Reach(state);
            seen.clear();
            kin.clear();
        }
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            state.references.names(kind).forEach(this::look);
        }
    }

    /// A bundle that they have brought themselves.
    synchronized void add(ManifestId id, Manifest manifest) {
        added.add(id);
        seen.add(id);
        kin.add(id);
        reach.addWhatIsThere(manifest);
    }

    synchronized boolean contains(ManifestId id) {
        return kin.contains(id);
    }

    /// Whether one of them holds this blob, as whatever.
    synchronized boolean holds(Digest digest) {
        return number(digest).stream().anyMatch(reach.reached()::get);
    }

    /// Whether one of them holds this as a node, and so everything below it. A chunk may have the bytes of a node
    /// that names anything.
    synchronized boolean holdsBelow(Digest node) {
        return number(node).stream().anyMatch(reach::isWalked);
    }

    private OptionalInt number(Digest digest) {
        if (renumbered != state.directory.renumbered()) {
            refresh();
        }
        return state.directory.numberOf(digest);
    }

    private void look(ReferenceName name) {
        try {
            Optional<ManifestId> id = state.references.visible(name).map(Reference::manifest);
            if (id.isPresent() && seen.add(id.get())) {
                Manifest manifest = ManifestCodec.decode(state.manifest(id.get()));
                if (isKin.test(manifest) || added.contains(id.get())) {
                    kin.add(id.get());
                    reach.addWhatIsThere(manifest);
                }
            }
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
        }
    }
}
