package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackDirectory;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.PackRemains;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/// Keeps the directory of blobs in step with the store, which other replicas write to as well.
///
/// A *refresh* first reads what the upkeep condemned, then lists the packs, and then takes in what is new and lets
/// go of what is gone. So after a refresh that began after revision r of the upkeep was written, nothing lasts in
/// the directory that was condemned by r or before: what [#revision] says is safe to be relied on.
final class Catalog {
    private static final Logger LOG = Logger.getLogger(Catalog.class);

    /// Ends of packs that are read at once.
    private static final int READERS = 16;

    /// Those who miss something do not make the store busy with listing: a fifth of the time at most.
    private static final int REST = 4;

    private static final Duration SHORTEST_REST = Duration.ofMillis(5);

    private static final Duration FRESH = Duration.ofSeconds(2);

    /// Most directories are within the last bytes of their packs; the others take a second read.
    private static final int TAIL_BYTES = 16 * 1024;

    private final BlobStore store;
    private final Uptime uptime;
    private final UpkeepBoard removal;
    private final BlobDirectory directory;
    private final WholeNodes whole;
    private final ReentrantLock one = new ReentrantLock();
    private final AtomicLong begun = new AtomicLong();
    /// The number of the last refresh that saw the whole store. Read and written by who holds `one`.
    private long seen;

    private final Set<ObjectName> damaged = ConcurrentHashMap.newKeySet();
    private volatile UpkeepNote applied = UpkeepNote.NONE;
    private volatile Duration lastBegin = Duration.ZERO;
    private long lastEndNanos;
    private volatile long lastNanos;

    Catalog(BlobStore store, Uptime uptime, UpkeepBoard removal, BlobDirectory directory, WholeNodes whole) {
        this.store = store;
        this.uptime = uptime;
        this.removal = removal;
        this.directory = directory;
        this.whole = whole;
    }

    /// Up to which revision of the upkeep the directory is in step.
    long revision() {
        return applied.revision();
    }

    /// Whether something is condemned that may be pardoned yet.
    boolean isProposed() {
        return applied.phase() == UpkeepNote.Phase.PROPOSED;
    }

    /// Whether it pays to look what others wrote: a tenth of the time at most.
    boolean isOld() {
        Duration age = uptime.now().minus(lastBegin);
        return age.compareTo(FRESH) > 0 && age.toNanos() > 10 * lastNanos;
    }

    /// Sees whatever was in the store when this was called.
    void refresh() {
        refresh(false);
    }

    /// The same for somebody who misses something; takes a rest between two.
    void refreshAfterMiss() {
        refresh(true);
    }

    private void refresh(boolean resting) {
        long asked = begun.get();
        one.lock();
        try {
            if (seen > asked) {
                // Another one began after this was called, and has ended well.
                return;
            }
            if (resting) {
                rest();
            }
            long number = begun.incrementAndGet();
            long begin = System.nanoTime();
            load();
            seen = number;
            lastEndNanos = System.nanoTime();
            lastNanos = lastEndNanos - begin;
        } finally {
            one.unlock();
        }
    }

    private void rest() {
        long pause = Math.max(SHORTEST_REST.toNanos(), REST * lastNanos) - (System.nanoTime() - lastEndNanos);
        if (pause > 0) {
            try {
                Thread.sleep(Duration.ofNanos(pause));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StasisException(ErrorCode.CANCELLED, "looking for what others wrote was interrupted", e);
            }
        }
    }

    private void load() {
        UpkeepNote note = removal.read();
        Set<ObjectName> known = directory.names();
        lastBegin = uptime.now();
        Map<ObjectName, ByteCount> listed = new HashMap<>();
        store.list(ObjectName.Kind.PACK, listed::put);
        Set<ObjectName> gone = new HashSet<>(known);
        gone.removeAll(listed.keySet());
        damaged.retainAll(listed.keySet());
        listed.keySet().removeAll(known);
        listed.keySet().removeAll(damaged);
        settle(note, gone, listed);
    }

    /// What the upkeep decided, for its holder: nobody else removes anything meanwhile, so nothing is listed.
    void apply(UpkeepNote note) {
        one.lock();
        try {
            if (note.revision() >= applied.revision()) {
                settle(note, new HashSet<>(), new HashMap<>());
            }
        } finally {
            one.unlock();
        }
    }

    private void settle(UpkeepNote note, Set<ObjectName> gone, Map<ObjectName, ByteCount> added) {
        Set<ObjectName> condemned = note.condemnedSet();
        boolean sentenced = note.phase() == UpkeepNote.Phase.SENTENCED;
        if (sentenced) {
            gone.addAll(condemned);
        }
        if (sentenced) {
            added.keySet().removeAll(condemned);
        }
        // In this order: nobody may be told that something is there between the two.
        gone.forEach(directory::remove);
        directory.condemn(sentenced ? Set.of() : condemned);
        takeIn(added, (name, entries) -> directory.add(name, sizeOf(added, name), entries, uptime.now()));
        if (!gone.isEmpty() || !condemned.isEmpty()) {
            whole.forgetAll();
            Map<ObjectName, ByteCount> shadowed = directory.shadowed();
            takeIn(shadowed, (name, entries) -> directory.addAgain(name, sizeOf(shadowed, name), entries));
        }
        applied = note;
    }

    private static ByteCount sizeOf(Map<ObjectName, ByteCount> sizes, ObjectName name) {
        return sizes.getOrDefault(name, ByteCount.ZERO);
    }

    private void takeIn(Map<ObjectName, ByteCount> packs, BiConsumer<ObjectName, List<PackEntry>> taker) {
        Parallel.forEach(READERS, packs.keySet(), name -> {
            try {
                taker.accept(name, readDirectory(name, sizeOf(packs, name)));
            } catch (StasisException e) {
                List<PackEntry> remains = remains(name, sizeOf(packs, name), e);
                if (remains.isEmpty()) {
                    leaveOut(name, e);
                } else {
                    taker.accept(name, remains);
                }
            }
        });
    }

    /// What can be read of a pack although its directory is damaged. A scrub writes it anew.
    private List<PackEntry> remains(ObjectName pack, ByteCount size, StasisException why) {
        if (why.kind() != ErrorKind.CORRUPT || size.bytes() > Pack.MAX_BYTES) {
            return List.of();
        }
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size.bytes()));
            store.read(pack, 0, bytes);
            List<PackEntry> remains = PackRemains.of(bytes.array());
            if (!remains.isEmpty()) {
                LOG.errorf(
                        "The directory of a pack is damaged, and the blobs that are whole are used pack=%s blobs=%d",
                        pack, remains.size());
            }
            return remains;
        } catch (StasisException e) {
            if (!StoreState.isDamage(e)) {
                throw e;
            }
            return List.of();
        }
    }

    /// What only a damaged pack held is missing until somebody puts it again; everything else is served.
    private void leaveOut(ObjectName pack, StasisException why) {
        if (why.code() == ErrorCode.OBJECT_NOT_FOUND) {
            LOG.debugf("A pack was removed while it was read pack=%s", pack);
            return;
        }
        if (why.kind() != ErrorKind.CORRUPT) {
            throw why;
        }
        if (!directory.sizeOf(pack).isZero()) {
            // What lies where is known from before; a scrub saves it.
            LOG.errorf(why, "The directory of a pack is damaged pack=%s code=%s", pack, why.code());
            return;
        }
        LOG.errorf(why, "A pack is damaged and left out pack=%s code=%s", pack, why.code());
        damaged.add(pack);
        store.quarantine(pack);
    }

    /// What is in a pack, by its directory alone.
    List<PackEntry> readDirectory(ObjectName pack, ByteCount size) {
        if (size.bytes() > Pack.MAX_BYTES) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack has at most " + Pack.MAX_BYTES + " bytes");
        }
        if (size.bytes() < PackDirectory.trailerBytes()) {
            throw tooShort();
        }
        byte[] tail = read(pack, size, (int) Math.min(size.bytes(), TAIL_BYTES));
        int trailer = PackDirectory.trailerBytes();
        int length = PackDirectory.tailLength(ByteBuffer.wrap(tail, tail.length - trailer, trailer));
        if (size.bytes() < length) {
            throw tooShort();
        }
        ByteBuffer directoryBytes = length <= tail.length
                ? ByteBuffer.wrap(Arrays.copyOfRange(tail, tail.length - length, tail.length))
                : ByteBuffer.wrap(read(pack, size, length));
        return PackDirectory.parse(directoryBytes, size.bytes());
    }

    private byte[] read(ObjectName pack, ByteCount size, int tail) {
        ByteBuffer bytes = ByteBuffer.allocate(tail);
        store.read(pack, size.bytes() - tail, bytes);
        return bytes.array();
    }

    private static StasisException tooShort() {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack is too short");
    }
}
