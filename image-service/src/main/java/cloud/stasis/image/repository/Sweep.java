package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/// Carries out as much of a plan as fits into one proposal: rewrites, proposes, asks, sentences. It begins behind what
/// the sweeps before it have tried, so that garbage which somebody needs does not stand before the rest. For one
/// thread.
final class Sweep {
    private static final Logger LOG = Logger.getLogger(Sweep.class);

    /// What one proposal may hold.
    ///
    /// @param rewritten packs: up to 1 GiB that is stored twice for a while
    record Limits(int manifests, int removed, int rewritten) {
        static final Limits STANDARD = new Limits(
                UpkeepNote.MOST_CONDEMNED / 2, UpkeepNote.MOST_CONDEMNED / 2 - MOST_REWRITTEN, MOST_REWRITTEN);
    }

    private static final int MOST_REWRITTEN = 128;

    private final StoreState state;
    private final UpkeepLease.Held held;
    private final CollectionPlan plan;
    private final Roots roots;
    private final Reach reach;
    private final long renumbered;
    private final Limits limits;
    private final Set<ObjectName> tried;

    /// How many blobs of a pack were copied.
    private final Map<ObjectName, Integer> copied = new HashMap<>();

    private Collected collected = Collected.NOTHING;
    private long written;
    private boolean isAllNeeded;

    /// @param tried by the sweeps of this collection; what this one tries is added
    Sweep(StoreState state, UpkeepLease.Held held, Collector.Marked marked, Limits limits, Set<ObjectName> tried) {
        this.state = state;
        this.held = held;
        this.plan = marked.plan();
        this.roots = marked.roots();
        this.reach = marked.reach();
        this.renumbered = marked.renumbered();
        this.limits = limits;
        this.tried = tried;
    }

    Collected collected() {
        return collected;
    }

    /// @return whether nothing of the plan is left to be tried
    boolean run() {
        List<ObjectName> allManifests = plan.manifests().stream()
                .filter(manifest -> !tried.contains(manifest))
                .toList();
        List<CollectionPlan.Victim> allPacks = plan.packs().stream()
                .filter(victim -> !tried.contains(victim.pack()))
                .toList();
        List<ObjectName> manifests =
                allManifests.stream().limit(limits.manifests).toList();
        List<CollectionPlan.Victim> victims = allPacks.stream()
                .filter(pack -> !pack.isRewritten())
                .limit(limits.removed)
                .toList();
        List<CollectionPlan.Victim> rewritten = allPacks.stream()
                .filter(CollectionPlan.Victim::isRewritten)
                .limit(limits.rewritten)
                .toList();
        tried.addAll(manifests);
        victims.forEach(victim -> tried.add(victim.pack()));
        rewritten.forEach(victim -> tried.add(victim.pack()));
        rewrite(rewritten);
        List<ObjectName> proposal = new ArrayList<>(manifests);
        victims.forEach(victim -> proposal.add(victim.pack()));
        proposal.addAll(copied.keySet());
        if (proposal.isEmpty()) {
            return rewritten.size() == allPacks.size();
        }
        if (state.directory.renumbered() != renumbered) {
            throw new StasisException(ErrorCode.TOO_BUSY, "the store changed under a collection: it is tried again");
        }
        List<ObjectName> sentence = ask(held.propose(proposal));
        if (sentence.isEmpty()) {
            held.pardon();
        } else {
            held.sentence(sentence, UpkeepNote.Way.DELETE);
            count(sentence);
        }
        boolean all = manifests.size() + victims.size() + rewritten.size() == allManifests.size() + allPacks.size();
        return all || isAllNeeded;
    }

    // ---- propose and ask

    /// @return what nobody needs
    private List<ObjectName> ask(UpkeepNote proposal) {
        List<ReplicaNote> answers = new ArrayList<>();
        answers.add(state.replica.answer(proposal));
        answers.addAll(new Answers(state, proposal.revision()).await());
        Set<ObjectName> needed = new HashSet<>();
        for (ReplicaNote answer : answers) {
            if (answer.status() == ReplicaNote.Status.NEEDS_ALL) {
                isAllNeeded = true;
                return List.of();
            }
            needed.addAll(answer.needs());
            roots.walkHeld(answer.held());
        }
        needed.stream()
                .filter(object -> object.kind() == ObjectName.Kind.MANIFEST)
                .forEach(object -> roots.walkWhatIsThere(new ManifestId(object.digest())));
        // Whoever made something pending before it could see the proposal is seen here.
        roots.walkReferences();
        return proposal.condemned().stream()
                .filter(object -> !needed.contains(object) && !isReached(object))
                .toList();
    }

    private boolean isReached(ObjectName object) {
        return switch (object.kind()) {
            case MANIFEST -> roots.isNamed(new ManifestId(object.digest()));
            case PACK -> state.directory.entries(object, reach.reached()).size() > copied.getOrDefault(object, 0);
        };
    }

    private void count(List<ObjectName> gone) {
        Map<ObjectName, Long> sizes = new HashMap<>();
        plan.packs().forEach(pack -> sizes.put(pack.pack(), pack.size().bytes()));
        int manifests = 0;
        int rewritten = 0;
        long freed = -written;
        for (ObjectName object : gone) {
            manifests += object.kind() == ObjectName.Kind.MANIFEST ? 1 : 0;
            rewritten += copied.containsKey(object) ? 1 : 0;
            freed += sizes.getOrDefault(object, 0L);
        }
        collected = new Collected(
                manifests,
                gone.size() - manifests - rewritten,
                rewritten,
                ByteCount.ofBytes(Math.max(0, freed)),
                Duration.ZERO);
    }

    // ---- rewriting: what is left of the packs that go is durable before they are condemned

    private void rewrite(List<CollectionPlan.Victim> victims) {
        try (PackBuilder builder = new PackBuilder()) {
            for (CollectionPlan.Victim victim : victims) {
                List<PackEntry> live = state.directory.entries(victim.pack(), reach.reached());
                if (!builder.isEmpty() && !builder.hasRoomFor(live)) {
                    store(builder.build());
                }
                if (copy(victim.pack(), live, builder)) {
                    copied.put(victim.pack(), live.size());
                }
            }
            if (!builder.isEmpty()) {
                store(builder.build());
            }
        }
    }

    private boolean copy(ObjectName pack, List<PackEntry> live, PackBuilder into) {
        try {
            byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];
            for (PackEntry entry : live) {
                StoredBlob blob = state.read(pack, entry);
                blob.decode(entry.digest(), plain, 0);
                into.addStored(entry.kind(), entry.digest(), blob);
            }
            return true;
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
            LOG.errorf(e, "A damaged pack is not rewritten pack=%s code=%s", pack, e.code());
            state.suspects.add(pack);
            return false;
        }
    }

    private void store(Pack pack) {
        ObjectName name = ObjectName.newPack(pack.name());
        ByteCount size = ByteCount.ofBytes(pack.bytes().length);
        state.store.put(name, pack.bytes());
        state.directory.add(name, size, pack.entries(), state.uptime.now());
        written += size.bytes();
    }
}
