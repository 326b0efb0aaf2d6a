package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/// Carries a plan out, in short steps. What became reachable since the plan was made, or was used since, is
/// left alone. For one thread.
final class Sweep {
    private static final Logger LOG = Logger.getLogger(Sweep.class);

    /// Packs removed while others wait: some 50 ms.
    private static final int STEP = 16;

    private final StoreState state;
    private final Reach reach;
    private final Duration horizon;
    private final Set<ManifestId> sealed = new HashSet<>();

    private int manifests;
    private int packsRemoved;
    private int packsRewritten;
    private long freed;

    /// @param reach grows with what is named meanwhile
    Sweep(StoreState state, Reach reach, Duration horizon) {
        this.state = state;
        this.reach = reach;
        this.horizon = horizon;
    }

    Collected run(CollectionPlan plan, long beginNanos) {
        for (ManifestId manifest : plan.manifests()) {
            alone(() -> remove(manifest));
        }
        List<CollectionPlan.Victim> empty =
                plan.packs().stream().filter(pack -> !pack.isRewritten()).toList();
        for (int from = 0; from < empty.size(); from += STEP) {
            List<CollectionPlan.Victim> step = empty.subList(from, Math.min(empty.size(), from + STEP));
            alone(() -> step.forEach(this::remove));
        }
        rewrite(plan.packs().stream().filter(CollectionPlan.Victim::isRewritten).toList());
        alone(state.directory::compact);
        return new Collected(
                manifests,
                packsRemoved,
                packsRewritten,
                ByteCount.ofBytes(Math.max(0, freed)),
                Duration.ofNanos(System.nanoTime() - beginNanos));
    }

    // ---- inside the gate

    private void remove(ManifestId manifest) {
        Duration released = state.released.getOrDefault(manifest, Duration.ZERO);
        if (!sealed.contains(manifest) && released.compareTo(horizon) < 0) {
            state.store.delete(ObjectName.of(manifest));
            state.released.remove(manifest);
            manifests++;
        }
    }

    private void remove(CollectionPlan.Victim victim) {
        if (state.directory.entries(victim.pack(), reach.reached()).isEmpty()
                && state.directory.removeUnused(victim.pack(), horizon)) {
            state.whole.forgetAll();
            state.store.delete(ObjectName.pack(victim.pack()));
            packsRemoved++;
            freed += victim.size().bytes();
        }
    }

    // ---- rewriting: reads and writes outside the gate, replaces inside

    private void rewrite(List<CollectionPlan.Victim> victims) {
        try (PackBuilder builder = new PackBuilder()) {
            List<Copied> copied = new ArrayList<>();
            for (CollectionPlan.Victim victim : victims) {
                List<PackEntry> live = state.directory.entries(victim.pack(), reach.reached());
                if (!builder.isEmpty() && !builder.hasRoomFor(live)) {
                    replace(copied, builder.build());
                    copied.clear();
                }
                if (copy(victim, live, builder)) {
                    copied.add(new Copied(victim, live.size()));
                }
            }
            if (!builder.isEmpty()) {
                replace(copied, builder.build());
            }
        }
    }

    /// @param blobs how many of it were copied
    private record Copied(CollectionPlan.Victim victim, int blobs) {}

    private boolean copy(CollectionPlan.Victim victim, List<PackEntry> live, PackBuilder into) {
        try {
            byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];
            for (PackEntry entry : live) {
                StoredBlob blob = state.read(victim.pack(), entry);
                blob.decode(entry.digest(), plain, 0);
                into.addStored(entry.kind(), entry.digest(), blob);
            }
            return true;
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
            LOG.errorf(e, "A damaged pack is left for the scrubber pack=%s code=%s", victim.pack(), e.code());
            return false;
        }
    }

    private void replace(List<Copied> copied, Pack pack) {
        state.store.put(ObjectName.pack(pack.name()), pack.bytes());
        alone(() -> {
            List<Digest> sources = new ArrayList<>();
            for (Copied source : copied) {
                Digest name = source.victim().pack();
                // More of it may be alive by now than was copied.
                if (state.directory.entries(name, reach.reached()).size() == source.blobs()
                        && !name.equals(pack.name())) {
                    sources.add(name);
                }
            }
            List<Digest> replaced = state.directory.replace(
                    sources,
                    horizon,
                    pack.name(),
                    ByteCount.ofBytes(pack.bytes().length),
                    pack.entries(),
                    state.uptime.now());
            state.whole.forgetAll();
            replaced.forEach(source -> state.store.delete(ObjectName.pack(source)));
            packsRewritten += replaced.size();
            freed += copied.stream()
                    .filter(source -> replaced.contains(source.victim().pack()))
                    .mapToLong(source -> source.victim().size().bytes())
                    .sum();
            freed -= pack.bytes().length;
        });
    }

    // ---- the gate

    /// Runs a step when nobody else is inside the gate, and after walking what became reachable.
    private void alone(Runnable step) {
        state.alone(() -> {
            for (Content content = state.named.poll(); content != null; content = state.named.poll()) {
                reach.add(content);
            }
            for (ManifestId id = state.sealed.poll(); id != null; id = state.sealed.poll()) {
                sealed.add(id);
            }
            step.run();
        });
    }
}
