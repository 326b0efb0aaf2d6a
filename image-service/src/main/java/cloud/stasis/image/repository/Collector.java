package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jboss.logging.Logger;

/// Gives back the space of what nothing names any more, beside everybody else's work.
///
/// ```
/// plan    horizon = the earlier of "a while ago" and the begin of the oldest lease
///         roots   = what references name, manifests let go of since the horizon, what writers build on
///         walk all roots; a pack that was not used since the horizon, and of which nothing or little is reached,
///         goes or is rewritten
/// sweep   manifests first, then packs; each step passes the gate alone and first walks what was named since
/// ```
/// A collector may die at any line: a manifest goes before what it names, a rewritten pack is durable before
/// the old one goes, and what was not removed is found again by the next plan. A root that cannot be walked,
/// because something under it is missing or damaged, ends the collection before it removes anything: what is
/// not known is not garbage.
public final class Collector {
    private static final Logger LOG = Logger.getLogger(Collector.class);

    /// A pack is rewritten when a fifth of it is garbage: less is not worth four times as much writing.
    private static final int LEAST_GARBAGE = 5;

    private final StoreState state;
    private final ReentrantLock one = new ReentrantLock();

    Collector(StoreState state) {
        this.state = state;
    }

    /// Says what would be collected now.
    ///
    /// @throws StasisException `TOO_BUSY` if another collection is at work; `MISSING_OBJECT` or another of
    ///     its kind if a bundle is damaged
    public CollectionPlan plan() {
        return alone(roots -> roots.plan);
    }

    /// Collects. What could not be collected now is collected the next time.
    ///
    /// @throws StasisException as [#plan]
    public Collected collect() {
        return alone(marked -> {
            long begin = System.nanoTime();
            Sweep sweep = new Sweep(state, marked.reach, marked.horizon);
            Collected collected = sweep.run(marked.plan, begin);
            LOG.infof(
                    "Collected manifests=%s packs=%s rewritten=%s freedBytes=%s heldBytes=%s tookMillis=%s",
                    collected.manifests(),
                    collected.packsRemoved(),
                    collected.packsRewritten(),
                    collected.freed().bytes(),
                    marked.plan.held().bytes(),
                    collected.took().toMillis());
            return collected;
        });
    }

    private record Marked(CollectionPlan plan, Reach reach, Duration horizon) {}

    private <T> T alone(Function<Marked, T> work) {
        if (!one.tryLock()) {
            throw new StasisException(ErrorCode.TOO_BUSY, "another collection is at work: wait until it has ended");
        }
        try {
            state.named.clear();
            state.sealed.clear();
            state.collecting = true;
            return work.apply(mark());
        } finally {
            state.collecting = false;
            one.unlock();
        }
    }

    private Marked mark() {
        Duration now = state.uptime.now();
        Duration horizon = earlier(now.minus(state.retention.unnamed()), state.leases.oldest(now));
        Reach reach = new Reach(state);
        Set<ManifestId> named = new HashSet<>();
        int bundles = 0;
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            for (ReferenceName name : state.store.references(kind)) {
                Optional<Reference> reference = state.store.reference(name);
                if (reference.isPresent()) {
                    bundles++;
                    addNamed(name, reference.get().manifest(), named, reach);
                }
            }
        }
        for (Content held : state.leases.held()) {
            reach.add(held);
        }
        List<ManifestId> unnamed = unnamed(named, horizon, reach);
        return new Marked(plan(bundles, unnamed, reach, horizon), reach, horizon);
    }

    private void addNamed(ReferenceName name, ManifestId id, Set<ManifestId> named, Reach reach) {
        if (named.add(id)) {
            try {
                reach.add(manifest(id));
            } catch (StasisException e) {
                throw e.kind() == ErrorKind.CORRUPT || e.code() == ErrorCode.OBJECT_NOT_FOUND
                        ? new StasisException(
                                ErrorCode.MISSING_OBJECT,
                                "nothing is collected while " + name + " is damaged: repair it, or drop it",
                                e)
                        : e;
            }
        }
    }

    /// The manifests that may go. Those that somebody may still be reading are walked like named ones.
    private List<ManifestId> unnamed(Set<ManifestId> named, Duration horizon, Reach reach) {
        List<ManifestId> unnamed = new ArrayList<>();
        state.store.list(ObjectName.Kind.MANIFEST, (name, _) -> {
            ManifestId id = new ManifestId(name.digest());
            if (named.contains(id)) {
                return;
            }
            Duration released = state.released.getOrDefault(id, Duration.ZERO);
            if (released.compareTo(horizon) < 0) {
                unnamed.add(id);
            } else {
                addReadable(id, reach);
            }
        });
        return unnamed;
    }

    private void addReadable(ManifestId id, Reach reach) {
        try {
            reach.add(manifest(id));
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT && e.code() != ErrorCode.OBJECT_NOT_FOUND) {
                throw e;
            }
            LOG.warnf("A bundle that was dropped is damaged, and not waited for manifest=%s code=%s", id, e.code());
        }
    }

    private CollectionPlan plan(int bundles, List<ManifestId> manifests, Reach reach, Duration horizon) {
        List<CollectionPlan.Victim> victims = new ArrayList<>();
        long stored = 0;
        long held = 0;
        for (BlobDirectory.Usage pack : state.directory.usage(reach.reached())) {
            long garbage = pack.size().bytes() - pack.live().bytes();
            stored += pack.size().bytes();
            if (garbage * LEAST_GARBAGE < pack.size().bytes()) {
                continue;
            }
            if (pack.used().compareTo(horizon) < 0) {
                victims.add(new CollectionPlan.Victim(pack.pack(), pack.size(), pack.live()));
            } else {
                held += garbage;
            }
        }
        return new CollectionPlan(bundles, manifests, victims, ByteCount.ofBytes(stored), ByteCount.ofBytes(held));
    }

    private Manifest manifest(ManifestId id) {
        return ManifestCodec.decode(state.store.get(ObjectName.of(id), ManifestCodec.MAX_SIZE));
    }

    private static Duration earlier(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
