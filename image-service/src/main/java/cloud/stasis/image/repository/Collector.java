package cloud.stasis.image.repository;

import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/// Gives back the space of what nothing names any more, beside everybody else's work, in this process and in
/// others.
///
/// ```
/// hold      nobody else removes anything
/// mark      horizon = the earlier of "a while ago" and the begin of the oldest lease
///           roots   = what references name or are about to, manifests let go of since the horizon, what writers
///                     build on
///           walk all roots; a pack that was not used since the horizon, and of which nothing or little is reached,
///           goes or is rewritten
/// rewrite   what is left of the packs that go is durable in new ones
/// propose   what goes is condemned: from now on nobody is told that it is there
/// ask       every replica says what its writers and readers need of it; walk the roots that are new since
/// sentence  what nobody needs goes, manifests first, then packs
/// ```
/// A collector may die at any line, and may wake up at any line after another one took over
/// (`docs/design/write-order.md`). A root that cannot be walked, because something under it is missing or damaged,
/// ends the collection before it removes anything: what is not known is not garbage.
public final class Collector {
    private static final Logger LOG = Logger.getLogger(Collector.class);

    /// A pack is rewritten when a fifth of it is garbage: less is not worth four times as much writing.
    private static final int LEAST_GARBAGE = 5;

    /// What did not fit into one proposal is left for the next one, and after so many for the next collection.
    private static final int MOST_SWEEPS = 100;

    private final StoreState state;
    private final StalePending pending;
    private final Sweep.Limits limits;

    Collector(StoreState state) {
        this(state, Sweep.Limits.STANDARD);
    }

    Collector(StoreState state, Sweep.Limits limits) {
        this.state = state;
        this.limits = limits;
        this.pending = new StalePending(state);
    }

    /// Says what would be collected now. Changes nothing, and may run beside a collection.
    ///
    /// @throws StasisException `MISSING_OBJECT` or another of its kind if a bundle is damaged
    public CollectionPlan plan() {
        state.catalog.refresh();
        return mark().plan;
    }

    /// Collects. What could not be collected now is collected the next time.
    ///
    /// @throws StasisException as [#plan]; `TOO_BUSY` if another collection is at work, here or in another
    ///     replica; `STALE_GENERATION` if another replica took over, because this one gave no sign of life
    public Collected collect() {
        long begin = System.nanoTime();
        Collected collected = Collected.NOTHING;
        CollectionPlan plan;
        try (UpkeepLease.Held held = state.removing.acquire()) {
            pending.withdraw();
            Set<ObjectName> tried = new HashSet<>();
            int sweeps = 0;
            boolean complete;
            do {
                Marked marked = mark();
                plan = marked.plan;
                Sweep sweep = new Sweep(state, held, marked, limits, tried);
                complete = sweep.run();
                collected = collected.plus(sweep.collected());
                sweeps++;
            } while (!complete && sweeps < MOST_SWEEPS);
            state.directory.compact();
        }
        collected = collected.after(Duration.ofNanos(System.nanoTime() - begin));
        LOG.infof(
                "Collected manifests=%s packs=%s rewritten=%s freedBytes=%s heldBytes=%s tookMillis=%s",
                collected.manifests(),
                collected.packsRemoved(),
                collected.packsRewritten(),
                collected.freed().bytes(),
                plan.held().bytes(),
                collected.took().toMillis());
        return collected;
    }

    /// What a mark found.
    ///
    /// @param renumbered of the directory, when it began
    record Marked(CollectionPlan plan, Roots roots, Reach reach, long renumbered) {}

    private Marked mark() {
        long renumbered = state.directory.renumbered();
        Duration horizon = state.horizon();
        Reach reach = new Reach(state);
        Roots roots = new Roots(state, reach);
        // Listed before the references are read: what is put later is of no concern.
        List<ObjectName> manifests = new ArrayList<>();
        state.store.list(ObjectName.Kind.MANIFEST, (name, _) -> {
            state.remember(name);
            manifests.add(name);
        });
        roots.walkReferences();
        roots.walkHeld(state.leases.held());
        state.released.forEach((id, since) -> {
            if (since.compareTo(horizon) >= 0) {
                roots.walkWhatIsThere(id);
            }
        });
        manifests.removeIf(name -> roots.isNamed(new ManifestId(name.digest())));
        return new Marked(plan(roots.bundles(), manifests, reach, horizon), roots, reach, renumbered);
    }

    private CollectionPlan plan(int bundles, List<ObjectName> manifests, Reach reach, Duration horizon) {
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
}
