package cloud.stasis.image.repository;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/// The store as the rest of the service uses it: blobs by digest, bundles by name.
public final class Repository implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Repository.class);

    /// How often a reference is tried to be set while others change it.
    private static final int SET_ATTEMPTS = 5;

    private final StoreState state;
    private final BlobStore store;
    private final SealCheck sealCheck;
    private final Collector collector;
    private final Scrubber scrubber;

    private Repository(StoreState state) {
        this.state = state;
        this.store = state.store;
        this.sealCheck = new SealCheck(state.directory, state.whole, state::fetch);
        this.collector = new Collector(state);
        this.scrubber = new Scrubber(state);
    }

    public static Repository open(BlobStore store, Clock clock) {
        return open(store, clock, Uptime.fromNow(), Retention.STANDARD);
    }

    /// Reads the directories of all packs. A pack whose directory is damaged is put into quarantine, and said
    /// so: what only it held is missing until somebody puts it again, everything else is served.
    public static Repository open(BlobStore store, Clock clock, Uptime uptime, Retention retention) {
        StoreState state = new StoreState(store, clock, uptime, retention);
        Repository repository = new Repository(state);
        AtomicInteger packs = new AtomicInteger();
        store.list(ObjectName.Kind.PACK, (name, size) -> {
            try {
                state.directory.add(name.digest(), size, state.readDirectory(name, size), uptime.now());
                packs.incrementAndGet();
            } catch (StasisException e) {
                repository.leaveOut(name, e);
            }
        });
        LOG.infof("The directory of the store is rebuilt packs=%s blobs=%s", packs, state.directory.size());
        return repository;
    }

    private void leaveOut(ObjectName pack, StasisException why) {
        LOG.errorf(why, "A pack is damaged and left out pack=%s code=%s", pack.digest(), why.code());
        if (why.kind() == ErrorKind.CORRUPT) {
            store.quarantine(pack);
        }
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

    /// Makes a bundle visible under `name`, in place of what was there. Repeatable.
    ///
    /// @throws StasisException `MISSING_OBJECT` and others of its kind if anything that the manifest reaches is
    /// not there
    public ManifestId seal(ReferenceName name, Manifest manifest) {
        state.gate.readLock().lock();
        try {
            ManifestId id = store(name, manifest);
            for (int attempt = 1; !point(name, id, manifest); attempt++) {
                if (attempt == SET_ATTEMPTS) {
                    throw new StasisException(
                            ErrorCode.STALE_GENERATION, "the reference " + name + " is changed again and again");
                }
            }
            return id;
        } finally {
            state.gate.readLock().unlock();
        }
    }

    /// As [#seal], but only if there is nothing under that name.
    ///
    /// @throws StasisException `STALE_GENERATION` if there is
    public ManifestId sealNew(ReferenceName name, Manifest manifest) {
        state.gate.readLock().lock();
        try {
            ManifestId id = store(name, manifest);
            store.setReference(Optional.empty(), Reference.first(name, id, state.clock.instant()));
            became(name, id, manifest);
            return id;
        } finally {
            state.gate.readLock().unlock();
        }
    }

    /// Makes a bundle invisible, at once and for good. What only it named is collected later. Repeatable.
    public void drop(ReferenceName name) {
        state.gate.readLock().lock();
        try {
            undamaged(name).ifPresent(this::letGo);
            store.dropReference(name);
            state.leases.end(name.toString());
        } finally {
            state.gate.readLock().unlock();
        }
    }

    public Optional<Reference> reference(ReferenceName name) {
        return store.reference(name);
    }

    public List<ReferenceName> references(ReferenceName.Kind kind) {
        return store.references(kind);
    }

    /// @throws StasisException `OBJECT_NOT_FOUND`
    public Manifest manifest(ManifestId id) {
        return ManifestCodec.decode(manifestBytes(id));
    }

    /// The canonical bytes, verified.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND`
    public byte[] manifestBytes(ManifestId id) {
        return store.get(ObjectName.of(id), ManifestCodec.MAX_SIZE);
    }

    public ByteCount free() {
        return store.free();
    }

    /// How many blobs there are.
    public int blobs() {
        return state.directory.size();
    }

    /// @throws StasisException if nothing could be stored now
    public void probe() {
        store.probe();
    }

    @Override
    public void close() {
        store.close();
    }

    private ManifestId store(ReferenceName name, Manifest manifest) {
        if (manifest.kind() != name.kind()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "the manifest is not of the kind of its reference");
        }
        manifest.parts().forEach(part -> sealCheck.requireWhole(part.content()));
        byte[] bytes = ManifestCodec.encode(manifest);
        ManifestId id = ManifestCodec.id(bytes);
        store.put(ObjectName.of(id), bytes);
        return id;
    }

    /// Points the reference at the manifest; false if somebody else changed it in between.
    private boolean point(ReferenceName name, ManifestId id, Manifest manifest) {
        Optional<Reference> current = undamaged(name);
        if (current.isEmpty() || !current.get().manifest().equals(id)) {
            try {
                store.setReference(
                        current.map(Reference::generation),
                        current.map(reference -> reference.next(id, state.clock.instant()))
                                .orElseGet(() -> Reference.first(name, id, state.clock.instant())));
                current.ifPresent(this::letGo);
            } catch (StasisException e) {
                if (e.code() != ErrorCode.STALE_GENERATION) {
                    throw e;
                }
                return false;
            }
        }
        became(name, id, manifest);
        return true;
    }

    /// Inside the gate.
    private void became(ReferenceName name, ManifestId id, Manifest manifest) {
        manifest.parts().forEach(part -> state.became(part.content()));
        state.became(id);
        state.leases.end(name.toString());
    }

    private void letGo(Reference reference) {
        state.released.put(reference.manifest(), state.uptime.now());
    }

    private Optional<Reference> undamaged(ReferenceName name) {
        try {
            return store.reference(name);
        } catch (StasisException e) {
            if (e.kind() != ErrorKind.CORRUPT) {
                throw e;
            }
            return Optional.empty();
        }
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
            renew();
            return state.directory.missing(digests, state.uptime.now());
        }

        @Override
        public void put(Pack pack) {
            renew();
            List<PackEntry> entries = verifying ? pack.verify() : pack.entries();
            state.gate.readLock().lock();
            try {
                store.put(ObjectName.pack(pack.name()), pack.bytes());
                state.directory.add(pack.name(), ByteCount.ofBytes(pack.bytes().length), entries, state.uptime.now());
            } finally {
                state.gate.readLock().unlock();
            }
        }

        @Override
        public List<StoredBlob> fetch(List<Digest> digests) {
            renew();
            return digests.stream().map(state::fetch).toList();
        }

        @Override
        public void hold(Content content) {
            state.gate.readLock().lock();
            try {
                sealCheck.requireWhole(content);
                holder.ifPresent(name -> state.leases.hold(name, content, state.uptime.now()));
                state.became(content);
            } finally {
                state.gate.readLock().unlock();
            }
        }

        private void renew() {
            holder.ifPresent(name -> state.leases.renew(name, state.uptime.now()));
        }
    }
}
