package cloud.stasis.image.repository;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.blob.References;
import cloud.stasis.image.blob.Slot;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// The store as the rest of the service uses it: blobs by digest, bundles by name.
public final class Repository implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Repository.class);

    /// How often a reference is tried to be set while others change it.
    private static final int SET_ATTEMPTS = 5;

    private final StoreState state;
    private final BlobStore store;
    private final BlobRuns runs;
    private final Seal seal;
    private final Collector collector;
    private final Scrubber scrubber;
    private final Meter meter;

    /// By project; there are as many as peers that may not pull.
    private final Map<Optional<ProjectId>, Kin> kins = new ConcurrentHashMap<>();

    private Repository(StoreState state) {
        this.state = state;
        this.store = state.store;
        this.runs = new BlobRuns(state);
        this.seal = new Seal(state, new SealCheck(state.directory, state.whole, state::lastingNode));
        this.collector = new Collector(state);
        this.scrubber = new Scrubber(state);
        this.meter = new Meter(state);
    }

    public static Repository open(BlobStore store, Clock clock) {
        return open(store, clock, Uptime.fromNow(), Retention.STANDARD, Pace.STANDARD);
    }

    /// Joins the replicas that have the store open, and reads the directories of all packs. A pack whose directory
    /// is damaged is put into quarantine, and said so: what only it held is missing until somebody puts it again,
    /// everything else is served.
    public static Repository open(BlobStore store, Clock clock, Uptime uptime, Retention retention, Pace pace) {
        return open(store, clock, uptime, retention, pace, DirectoryRoom.ofHeap());
    }

    /// @param room for the directory
    static Repository open(
            BlobStore store, Clock clock, Uptime uptime, Retention retention, Pace pace, DirectoryRoom room) {
        StoreState state = new StoreState(store, clock, uptime, retention, pace, room);
        state.replica.join();
        return read(state);
    }

    /// For who only looks: other replicas know nothing of it.
    ///
    /// @param store one that refuses to be changed
    public static Repository look(BlobStore store, Clock clock, Uptime uptime, Retention retention) {
        StoreState state = new StoreState(store, clock, uptime, retention, Pace.STANDARD, DirectoryRoom.ofHeap());
        // What is damaged is left where it is.
        state.suspects.close();
        return read(state);
    }

    private static Repository read(StoreState state) {
        state.catalog.refresh();
        LOG.infof(
                "The directory of the store is rebuilt packs=%s blobs=%s",
                state.directory.names().size(), state.directory.size());
        return new Repository(state);
    }

    /// To be called all the time, as often as the pace says, from a thread of its own: tells the other replicas that
    /// this one lives, and answers them.
    public void beat() {
        state.replica.beat();
        state.removing.beat();
        state.scrubbing.beat();
        state.metering.beat();
    }

    /// For readers outside; who writes needs a lease, see [#exchangeFor].
    public BlobExchange exchange() {
        return new Exchange(Optional.empty(), true);
    }

    /// For a writer outside: what it puts is verified whole. What it put, or was told that it is there, is kept
    /// until the bundle of this name is sealed or dropped, or nothing was heard of the writer for too long.
    ///
    /// @param holder the text of the bundle's reference name
    public BlobExchange exchangeFor(String holder) {
        return new Exchange(Optional.of(holder), true);
    }

    /// For a writer outside that must not find out what others have: to it is there what it has put itself, and what
    /// the bundles of its project hold.
    ///
    /// @param project none, if no bundle is any of its business but those that it has brought
    public NarrowWriter narrowExchangeFor(String holder, Optional<ProjectId> project) {
        Brought brought = state.leases.brought(holder, state.uptime.now());
        return new NarrowWriter(state, holder, brought, kin(project), new Exchange(Optional.of(holder), true));
    }

    /// Whether such a writer may know of a bundle.
    public boolean mayKnow(Optional<ProjectId> project, ManifestId bundle) {
        return kin(project).contains(bundle);
    }

    /// As they are now.
    private Kin kin(Optional<ProjectId> project) {
        Kin kin = kins.computeIfAbsent(
                project,
                _ -> new Kin(
                        state,
                        manifest -> project.isPresent()
                                && project.get()
                                        .value()
                                        .equals(manifest.metadata().get("project"))));
        kin.refresh();
        return kin;
    }

    /// For this service's own packs, which it has hashed itself.
    public BlobExchange ownExchange() {
        return new Exchange(Optional.empty(), false);
    }

    /// The same for a holder of its own choice, which has to [#release] when it is done.
    public BlobExchange ownExchangeFor(String holder) {
        return new Exchange(Optional.of(holder), false);
    }

    /// The writer has nothing more to say.
    public void release(String holder) {
        state.leases.end(holder);
    }

    /// What removes what nothing names.
    public Collector collector() {
        return collector;
    }

    /// What finds rot.
    public Scrubber scrubber() {
        return scrubber;
    }

    /// What finds out what bundles take up.
    public Meter meter() {
        return meter;
    }

    /// Makes a bundle visible under `name`, in place of what was there. Repeatable.
    ///
    /// @throws StasisException `MISSING_OBJECT` and others of its kind if anything that the manifest reaches is
    /// not there
    public ManifestId seal(ReferenceName name, Manifest manifest) {
        return seal(name, manifest, false);
    }

    /// As [#seal], but only if there is nothing under that name.
    ///
    /// @throws StasisException `STALE_GENERATION` if there is
    public ManifestId sealNew(ReferenceName name, Manifest manifest) {
        return seal(name, manifest, true);
    }

    private ManifestId seal(ReferenceName name, Manifest manifest, boolean isNew) {
        ManifestId id = seal.seal(name, manifest, isNew);
        state.leases.end(name.toString());
        changed();
        return id;
    }

    /// Makes a bundle invisible, at once and for good. What only it named is collected later. Repeatable.
    ///
    /// @throws StasisException `STALE_GENERATION` if another bundle was sealed under that name since this began
    public void drop(ReferenceName name) {
        References.Seen seen = state.references.look(name);
        List<ManifestId> meant = seen.slot().map(Repository::named).orElse(List.of());
        // Who reads it still has a while.
        meant.forEach(id -> state.released.put(id, state.uptime.now()));
        for (int attempt = 1; !isDropped(seen); attempt++) {
            seen = state.references.look(name);
            // A seal that was under way is dropped with it; what was sealed since is somebody else's.
            boolean isMeant =
                    seen.slot().flatMap(Slot::manifest).map(meant::contains).orElse(true);
            if (!isMeant || attempt == SET_ATTEMPTS) {
                throw new StasisException(
                        ErrorCode.STALE_GENERATION,
                        "the reference " + name + " was set by somebody else while it was dropped: drop it again");
            }
        }
        state.leases.end(name.toString());
        changed();
    }

    private static List<ManifestId> named(Slot slot) {
        return Stream.concat(slot.manifest().stream(), slot.pending().stream()).toList();
    }

    private boolean isDropped(References.Seen seen) {
        try {
            state.references.drop(seen);
            return true;
        } catch (StasisException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            return false;
        }
    }

    /// Whether a bundle can be read: its manifest is there and whole, and so is everything that it reaches. Chunks are
    /// not read: those that rotted and that nobody noticed count as whole.
    public boolean isWhole(ManifestId id) {
        try {
            seal.requireWhole(manifest(id));
            return true;
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
            return false;
        }
    }

    /// Puts the manifest of a bundle again, which is lost or damaged. No effect if it can be read.
    public void mend(Manifest manifest) {
        seal.mend(manifest);
    }

    /// Reads the packs in which these blobs lie, and takes out of sight what is damaged.
    ///
    /// @return whether anything was
    public boolean examine(List<Digest> digests) {
        return digests.stream()
                        .flatMap(digest -> state.directory.find(digest).stream())
                        .map(BlobDirectory.Found::pack)
                        .distinct()
                        .filter(scrubber::examine)
                        .count()
                > 0;
    }

    private void changed() {
        state.changes.incrementAndGet();
        meter.changed();
    }

    public Optional<Reference> reference(ReferenceName name) {
        return state.references.visible(name);
    }

    /// All names of a kind; some may have nothing to see under them yet, or any more.
    public List<ReferenceName> references(ReferenceName.Kind kind) {
        return state.references.names(kind);
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public Manifest manifest(ManifestId id) {
        return ManifestCodec.decode(manifestBytes(id));
    }

    /// The canonical bytes, verified.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND`
    public byte[] manifestBytes(ManifestId id) {
        return state.manifest(id);
    }

    public ByteCount free() {
        return store.free();
    }

    /// For tests that damage it.
    StoreState state() {
        return state;
    }

    /// How many blobs there are.
    public int blobs() {
        return state.directory.size();
    }

    /// How much of the memory that the directory of blobs may take it took at the last pack, in percent.
    public int directoryPercent() {
        return state.room.percent();
    }

    /// How many packs were not taken in since the start, because the directory had no room for them.
    public long refusedPacks() {
        return state.room.refused();
    }

    /// @throws StasisException if nothing could be stored now
    public void probe() {
        store.probe();
    }

    @Override
    public void close() {
        state.suspects.close();
        try {
            state.replica.leave();
        } catch (StasisException e) {
            LOG.warnf("The other replicas are not told that this one ends, and will find out code=%s", e.code());
        }
        store.close();
    }

    /// The store to one caller.
    ///
    /// @param holder whose lease it is, if it writes
    private final class Exchange implements BlobExchange {
        private final Optional<String> holder;
        private final boolean verifying;

        Exchange(Optional<String> holder, boolean verifying) {
            this.holder = holder;
            this.verifying = verifying;
        }

        @Override
        public BitSet missing(List<Digest> digests) {
            use();
            BitSet missing = state.directory.missing(digests, state.uptime.now());
            if (missing.isEmpty() || state.replica.others() == 0 || !state.catalog.isOld()) {
                return missing;
            }
            // Another replica may have them by now.
            state.catalog.refresh();
            return state.directory.missing(digests, state.uptime.now());
        }

        @Override
        public void put(Pack pack) {
            use();
            state.bring(pack, verifying ? pack.verify() : pack.entries());
        }

        @Override
        public List<StoredBlob> fetch(List<Digest> digests) {
            renew();
            if (!state.directory.hasAll(digests)) {
                state.catalog.refreshAfterMiss();
            }
            return runs.fetch(digests);
        }

        @Override
        public void hold(Content content) {
            renew();
            // Before the check, so that whoever proposes to remove something of it after the check is told.
            holder.ifPresent(name -> state.leases.hold(name, content, state.uptime.now()));
            try {
                seal.requireWhole(content);
            } catch (StasisException e) {
                holder.ifPresent(name -> state.leases.letGo(name, content));
                throw e;
            }
        }

        @Override
        public void suspect(Digest digest) {
            state.suspects.add(digest);
        }

        private void use() {
            holder.ifPresent(name -> state.leases.use(name, state.uptime.now()));
        }

        private void renew() {
            holder.ifPresent(name -> state.leases.renew(name, state.uptime.now()));
        }
    }
}
