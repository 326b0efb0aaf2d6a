package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.References;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// What those who write, read and collect share.
final class StoreState {
    /// How often a blob is looked for when its pack is rewritten under the reader's hands.
    private static final int FETCH_ATTEMPTS = 5;

    /// So much of the silence that makes a replica dead counts of the time between two looks: it takes three.
    private static final int LEAST_LOOKS = 3;

    /// Places of manifests that are remembered.
    private static final int MOST_MANIFESTS = 100_000;

    final BlobStore store;
    final References references;
    final Clock clock;
    final Uptime uptime;
    final Retention retention;
    final Pace pace;
    final DirectoryRoom room;
    final BlobDirectory directory;
    final WholeNodes whole = new WholeNodes();
    final Leases leases;
    final Watch watch;
    final Watch pendings;
    final UpkeepBoard removal;
    final Catalog catalog;
    final Replica replica;
    final UpkeepLease removing;
    final UpkeepLease scrubbing;
    final UpkeepLease metering;
    final Suspects suspects;

    /// How often a bundle came or went here.
    final AtomicLong changes = new AtomicLong();

    /// Manifests that a reference let go of, and when.
    final Map<ManifestId, Duration> released = new ConcurrentHashMap<>();

    private final Map<Digest, ObjectName> manifests = new ConcurrentHashMap<>();
    private final AtomicBoolean learnt = new AtomicBoolean();

    StoreState(BlobStore store, Clock clock, Uptime uptime, Retention retention, Pace pace, DirectoryRoom room) {
        this.room = room;
        this.directory = new BlobDirectory(room);
        this.store = store;
        this.references = new References(store);
        this.clock = clock;
        this.uptime = uptime;
        this.retention = retention;
        this.pace = pace;
        this.leases = new Leases(retention.silence());
        this.watch = new Watch(uptime, pace.silence().dividedBy(LEAST_LOOKS));
        this.pendings = new Watch(uptime, retention.silence());
        this.removal = new UpkeepBoard(store, "removal");
        this.catalog = new Catalog(store, uptime, removal, directory, whole);
        this.replica = new Replica(this);
        this.removing = new UpkeepLease(this, removal, "collection", catalog::apply);
        this.scrubbing = new UpkeepLease(this, new UpkeepBoard(store, "scrub"), "scrub", _ -> {});
        this.metering = new UpkeepLease(this, new UpkeepBoard(store, "meter"), "measurement", _ -> {});
        this.suspects = new Suspects(this);
    }

    /// The stored bytes of a blob, unverified.
    ///
    /// @throws StasisException `MISSING_OBJECT`
    StoredBlob fetch(Digest digest) {
        return fetch(digest, directory::find);
    }

    /// The same, but for what is condemned.
    StoredBlob fetchLasting(Digest digest) {
        return fetch(digest, directory::findLasting);
    }

    private StoredBlob fetch(Digest digest, Function<Digest, Optional<BlobDirectory.Found>> directory) {
        boolean looked = false;
        for (int attempt = 1; ; attempt++) {
            Optional<BlobDirectory.Found> known = directory.apply(digest);
            if (known.isEmpty() && !looked) {
                // Somebody is learning in this moment what others moved: it was forgotten here and is not yet found
                // there.
                looked = true;
                catalog.refreshAfterMiss();
                known = directory.apply(digest);
            }
            BlobDirectory.Found found = known.orElseThrow(
                    () -> new StasisException(ErrorCode.MISSING_OBJECT, "the store has no blob " + digest));
            try {
                return read(found.pack(), found.entry());
            } catch (StasisException e) {
                if (e.code() != ErrorCode.OBJECT_NOT_FOUND || attempt == FETCH_ATTEMPTS) {
                    throw e;
                }
                catalog.refreshAfterMiss();
            }
        }
    }

    /// A node, verified. One that is damaged is looked into.
    ///
    /// @throws StasisException `MISSING_OBJECT`, `HASH_MISMATCH` or `MALFORMED_OBJECT`
    Node node(Digest digest) {
        return node(digest, fetch(digest));
    }

    /// The same, but for what is condemned.
    Node lastingNode(Digest digest) {
        return node(digest, fetchLasting(digest));
    }

    private Node node(Digest digest, StoredBlob blob) {
        byte[] plain;
        try {
            plain = blob.decode(digest);
        } catch (StasisException e) {
            suspects.add(digest);
            throw e;
        }
        return Node.decode(ByteBuffer.wrap(plain));
    }

    /// Makes those blobs of a pack durable, and known, that are not there. Another writer may have brought the others
    /// since this one asked what is missing, and they count as used.
    ///
    /// @param entries what its directory says, verified by whoever has to
    void bring(Pack pack, List<PackEntry> entries) {
        BitSet missing =
                directory.missing(entries.stream().map(PackEntry::digest).toList(), uptime.now());
        if (missing.cardinality() == entries.size()) {
            put(pack, entries);
        } else if (!missing.isEmpty()) {
            try (PackBuilder builder = new PackBuilder()) {
                missing.stream()
                        .mapToObj(entries::get)
                        .forEach(entry -> builder.addStored(entry.kind(), entry.digest(), pack.blob(entry)));
                Pack rest = builder.build();
                put(rest, rest.entries());
            }
        }
    }

    /// Makes a pack durable, and known.
    ///
    /// @param entries what its directory says, verified by whoever has to
    void put(Pack pack, List<PackEntry> entries) {
        directory.requireRoomFor(entries.size());
        ObjectName name = ObjectName.newPack(pack.name());
        directory.expect(name);
        try {
            store.put(name, pack.bytes());
            directory.add(name, ByteCount.ofBytes(pack.bytes().length), entries, uptime.now());
        } finally {
            directory.expectNoMore(name);
        }
    }

    StoredBlob read(ObjectName pack, PackEntry entry) {
        byte[] bytes = new byte[entry.storedLength()];
        store.read(pack, entry.offset(), ByteBuffer.wrap(bytes));
        return new StoredBlob(entry.encoding(), entry.plainLength(), bytes, 0, bytes.length);
    }

    /// The canonical bytes of a manifest, verified.
    ///
    /// @throws StasisException `OBJECT_NOT_FOUND`, or another if every incarnation of it is damaged
    byte[] manifest(ManifestId id) {
        ObjectName known = manifests.get(id.digest());
        if (known != null) {
            try {
                return store.get(known, ManifestCodec.MAX_SIZE);
            } catch (StasisException e) {
                manifests.remove(id.digest(), known);
                if (!isDamage(e)) {
                    throw e;
                }
            }
        }
        if (known == null && learn()) {
            return manifest(id);
        }
        StasisException why =
                new StasisException(ErrorCode.OBJECT_NOT_FOUND, "the store has no manifest " + id.digest());
        for (ObjectName name : store.find(ObjectName.Kind.MANIFEST, id.digest())) {
            try {
                byte[] bytes = store.get(name, ManifestCodec.MAX_SIZE);
                remember(name);
                return bytes;
            } catch (StasisException e) {
                if (!isDamage(e)) {
                    throw e;
                }
                why = e;
            }
        }
        throw why;
    }

    /// Finds out where all manifests lie, once: a backend may have to list them all to find one.
    ///
    /// @return false if that was done before
    private boolean learn() {
        if (!learnt.compareAndSet(false, true)) {
            return false;
        }
        store.list(ObjectName.Kind.MANIFEST, (name, _) -> remember(name));
        return true;
    }

    /// A place where a manifest lies and can be read.
    Optional<ObjectName> placeOf(ManifestId id) {
        try {
            manifest(id);
            return Optional.ofNullable(manifests.get(id.digest()));
        } catch (StasisException e) {
            if (!isDamage(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /// Where a manifest lies.
    void remember(ObjectName manifest) {
        if (manifests.size() < MOST_MANIFESTS) {
            manifests.put(manifest.digest(), manifest);
        }
    }

    /// Until when uses of packs do not matter any more.
    Duration horizon() {
        Duration now = uptime.now();
        Duration oldest = leases.oldest(now);
        Duration unnamed = now.minus(retention.unnamed());
        return unnamed.compareTo(oldest) < 0 ? unnamed : oldest;
    }

    static boolean isDamage(StasisException e) {
        return e.kind() == ErrorKind.CORRUPT || e.code() == ErrorCode.OBJECT_NOT_FOUND;
    }
}
