package cloud.stasis.image.repository;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackDirectory;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
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

    private final BlobStore store;
    private final Clock clock;
    private final BlobDirectory directory = new BlobDirectory();
    private final SealCheck sealCheck;

    private Repository(BlobStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.sealCheck = new SealCheck(directory, new WholeNodes(), this::fetch);
    }

    /// Reads the directories of all packs. A pack whose directory is damaged is put into quarantine, and said so:
    /// what only it held is missing until somebody puts it again, everything else is served.
    public static Repository open(BlobStore store, Clock clock) {
        Repository repository = new Repository(store, clock);
        AtomicInteger packs = new AtomicInteger();
        store.list(ObjectName.Kind.PACK, (name, size) -> {
            try {
                repository.directory.add(name.digest(), repository.readDirectory(name, size));
                packs.incrementAndGet();
            } catch (StasisException e) {
                repository.leaveOut(name, e);
            }
        });
        LOG.infof("The directory of the store is rebuilt packs=%s blobs=%s", packs, repository.directory.size());
        return repository;
    }

    private void leaveOut(ObjectName pack, StasisException why) {
        LOG.errorf(why, "A pack is damaged and left out pack=%s code=%s", pack.digest(), why.code());
        if (why.kind() == ErrorKind.CORRUPT) {
            store.quarantine(pack);
        }
    }

    /// For those outside: what they put is verified whole.
    public BlobExchange exchange() {
        return new Exchange(true);
    }

    /// For this service's own packs, which it has hashed itself.
    public BlobExchange ownExchange() {
        return new Exchange(false);
    }

    /// Makes a bundle visible under `name`, in place of what was there. Repeatable.
    ///
    /// @throws StasisException `MISSING_OBJECT` and others of its kind if anything that the manifest reaches is
    /// not there
    public ManifestId seal(ReferenceName name, Manifest manifest) {
        ManifestId id = store(name, manifest);
        for (int attempt = 1; ; attempt++) {
            Optional<Reference> current = store.reference(name);
            if (current.isPresent() && current.get().manifest().equals(id)) {
                return id;
            }
            try {
                store.setReference(
                        current.map(Reference::generation),
                        current.map(reference -> reference.next(id, clock.instant()))
                                .orElseGet(() -> Reference.first(name, id, clock.instant())));
                return id;
            } catch (StasisException e) {
                if (e.code() != ErrorCode.STALE_GENERATION || attempt == SET_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /// As [#seal], but only if there is nothing under that name.
    ///
    /// @throws StasisException `STALE_GENERATION` if there is
    public ManifestId sealNew(ReferenceName name, Manifest manifest) {
        ManifestId id = store(name, manifest);
        store.setReference(Optional.empty(), Reference.first(name, id, clock.instant()));
        return id;
    }

    /// Makes a bundle invisible, at once and for good. Repeatable.
    public void drop(ReferenceName name) {
        store.dropReference(name);
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
        return directory.size();
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

    private List<PackEntry> readDirectory(ObjectName pack, ByteCount size) {
        if (size.bytes() > Pack.MAX_BYTES) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack has at most " + Pack.MAX_BYTES + " bytes");
        }
        ByteBuffer trailer = read(pack, size, PackDirectory.trailerBytes());
        return PackDirectory.parse(read(pack, size, PackDirectory.tailLength(trailer)), size.bytes());
    }

    private ByteBuffer read(ObjectName pack, ByteCount size, int tail) {
        if (size.bytes() < tail) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack is too short");
        }
        ByteBuffer bytes = ByteBuffer.allocate(tail);
        store.read(pack, size.bytes() - tail, bytes);
        return bytes.flip();
    }

    private StoredBlob fetch(Digest digest) {
        BlobDirectory.Found found = directory
                .find(digest)
                .orElseThrow(() -> new StasisException(ErrorCode.MISSING_OBJECT, "the store has no blob " + digest));
        PackEntry entry = found.entry();
        byte[] bytes = new byte[entry.storedLength()];
        store.read(ObjectName.pack(found.pack()), entry.offset(), ByteBuffer.wrap(bytes));
        return new StoredBlob(entry.encoding(), entry.plainLength(), bytes, 0, bytes.length);
    }

    private final class Exchange implements BlobExchange {
        private final boolean verifying;

        Exchange(boolean verifying) {
            this.verifying = verifying;
        }

        @Override
        public BitSet missing(List<Digest> digests) {
            BitSet missing = new BitSet(digests.size());
            for (int at = 0; at < digests.size(); at++) {
                missing.set(at, !directory.contains(digests.get(at)));
            }
            return missing;
        }

        @Override
        public void put(Pack pack) {
            List<PackEntry> entries = verifying ? pack.verify() : pack.entries();
            store.put(ObjectName.pack(pack.name()), pack.bytes());
            directory.add(pack.name(), entries);
        }

        @Override
        public List<StoredBlob> fetch(List<Digest> digests) {
            return digests.stream().map(Repository.this::fetch).toList();
        }
    }
}
