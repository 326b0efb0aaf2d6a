package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.PackDirectory;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Where each blob lies: digest to pack, offset and lengths, in memory, rebuilt at start. And when each pack
/// was last *used*: a blob of it was put, or somebody was told that it is there.
///
/// A million blobs (64 GiB of content that is neither zeros nor repeated) take about 50 MiB in the [BlobTable]. Blobs
/// of a pack have consecutive numbers, so that the pack of a blob is found by its first one.
///
/// A pack that was removed stays in the table and is passed over until [#compact]. A blob that lies in several
/// packs is known in one of them; the others are [#shadowed], and are added again when that one is gone.
///
/// A pack that is *condemned* may be removed soon: it can still be read, and nobody is told that its blobs are
/// there, so that nothing new is built on them.
final class BlobDirectory {
    /// A blob and where it lies.
    record Found(ObjectName pack, PackEntry entry) {}

    /// A pack and what is known of it.
    ///
    /// @param live bytes that a pack of those of its blobs would take that were asked about
    record Usage(ObjectName pack, ByteCount size, Duration used, ByteCount live) {}

    private static final class PackRecord {
        final ObjectName name;
        final int size;
        final int first;
        private final AtomicLong usedMillis;
        boolean condemned;
        boolean shadowed;
        boolean gone;

        PackRecord(ObjectName name, int size, int first, long usedMillis) {
            this.name = name;
            this.size = size;
            this.first = first;
            this.usedMillis = new AtomicLong(usedMillis);
        }

        /// Whoever read the clock first may come last: what was used later stays so.
        void use(Duration now) {
            usedMillis.accumulateAndGet(now.toMillis(), Math::max);
        }

        long usedMillis() {
            return usedMillis.get();
        }
    }

    /// What a pack takes beside its blobs: its record, its name and its place in the map.
    private static final int PACK_BYTES = 320;

    private final DirectoryRoom room;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private BlobTable blobs = new BlobTable();
    private List<PackRecord> packs = new ArrayList<>();
    private final Map<ObjectName, PackRecord> packsByName = new HashMap<>();
    private int goneBlobs;
    private Set<ObjectName> condemned = Set.of();

    /// Packs that are being put: others may see them before they stand here.
    private final Set<ObjectName> arriving = new HashSet<>();

    private long renumbered;

    BlobDirectory(DirectoryRoom room) {
        this.room = room;
    }

    /// To be called before a pack is stored that somebody brings.
    ///
    /// @throws cloud.stasis.model.StasisException `NO_SPACE` if the directory would take too much memory with it
    void requireRoomFor(int blobs) {
        long bytes;
        lock.readLock().lock();
        try {
            bytes = bytesWith(1, blobs);
        } finally {
            lock.readLock().unlock();
        }
        room.require(bytes);
    }

    private long bytesWith(int morePacks, int moreBlobs) {
        return (packs.size() + (long) morePacks) * PACK_BYTES + blobs.bytesWith(moreBlobs);
    }

    /// Says that a pack is about to be put, before anybody can see it: from then on it counts as used.
    void expect(ObjectName pack) {
        lock.writeLock().lock();
        try {
            arriving.add(pack);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// It stands here, or it did not come.
    void expectNoMore(ObjectName pack) {
        lock.writeLock().lock();
        try {
            arriving.remove(pack);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Adds the blobs of a pack that is durable. A blob that is known already stays where it is.
    void add(ObjectName pack, ByteCount size, List<PackEntry> entries, Duration now) {
        lock.writeLock().lock();
        try {
            PackRecord known = packsByName.get(pack);
            if (known != null && entries.stream().allMatch(entry -> lasts(entry.digest()))) {
                known.use(now);
                return;
            }
            take(pack, size, entries, now.toMillis());
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Takes a pack in anew whose blobs were known elsewhere and are no longer. It was not used by that.
    void addAgain(ObjectName pack, ByteCount size, List<PackEntry> entries) {
        lock.writeLock().lock();
        try {
            PackRecord known = packsByName.get(pack);
            if (known != null && !entries.stream().allMatch(entry -> lasts(entry.digest()))) {
                take(pack, size, entries, known.usedMillis());
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void take(ObjectName pack, ByteCount size, List<PackEntry> entries, long usedMillis) {
        room.requirePossible(bytesWith(1, entries.size()));
        PackRecord known = packsByName.get(pack);
        if (known != null) {
            forget(known);
        }
        PackRecord added = new PackRecord(pack, Math.toIntExact(size.bytes()), blobs.count(), usedMillis);
        added.condemned = condemned.contains(pack);
        packs.add(added);
        packsByName.put(pack, added);
        for (PackEntry entry : entries) {
            if (lasts(entry.digest())) {
                added.shadowed = true;
            } else {
                added(blobs.add(entry));
            }
        }
    }

    /// Condemns these packs, also when they are added later, and no others.
    void condemn(Set<ObjectName> packsToGo) {
        lock.writeLock().lock();
        try {
            condemned = Set.copyOf(packsToGo);
            packsByName.values().forEach(pack -> pack.condemned = condemned.contains(pack.name));
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Those of these packs that were used since `horizon`.
    Set<ObjectName> usedSince(Set<ObjectName> packsToGo, Duration horizon) {
        lock.readLock().lock();
        try {
            Set<ObjectName> used = new HashSet<>(arriving);
            used.retainAll(packsToGo);
            for (ObjectName name : packsToGo) {
                PackRecord pack = packsByName.get(name);
                if (pack != null && pack.usedMillis() >= horizon.toMillis()) {
                    used.add(name);
                }
            }
            return used;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// All packs.
    Set<ObjectName> names() {
        lock.readLock().lock();
        try {
            return Set.copyOf(packsByName.keySet());
        } finally {
            lock.readLock().unlock();
        }
    }

    /// The packs with blobs that are known in another pack.
    Map<ObjectName, ByteCount> shadowed() {
        lock.readLock().lock();
        try {
            Map<ObjectName, ByteCount> shadowed = new HashMap<>();
            for (PackRecord pack : packsByName.values()) {
                if (pack.shadowed && !pack.condemned) {
                    shadowed.put(pack.name, ByteCount.ofBytes(pack.size));
                }
            }
            return shadowed;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// How often blobs that are there got other numbers, or may have.
    long renumbered() {
        lock.readLock().lock();
        try {
            return renumbered;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// From now on nothing of this pack is there. What other packs hold as well has to be added again.
    void remove(ObjectName pack) {
        lock.writeLock().lock();
        try {
            PackRecord known = packsByName.get(pack);
            if (known != null) {
                forget(known);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    Optional<Found> find(Digest digest) {
        lock.readLock().lock();
        try {
            int blob = number(digest);
            return blob < 0 ? Optional.empty() : Optional.of(new Found(packOf(blob).name, blobs.entry(blob, digest)));
        } finally {
            lock.readLock().unlock();
        }
    }

    boolean hasAll(List<Digest> digests) {
        lock.readLock().lock();
        try {
            return digests.stream().allMatch(digest -> number(digest) >= 0);
        } finally {
            lock.readLock().unlock();
        }
    }

    /// As [#find], but for what is condemned.
    Optional<Found> findLasting(Digest digest) {
        lock.readLock().lock();
        try {
            return lasts(digest) ? find(digest) : Optional.empty();
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Which of these are not there; the packs of those that are count as used.
    BitSet missing(List<Digest> digests, Duration now) {
        lock.readLock().lock();
        try {
            BitSet missing = new BitSet(digests.size());
            for (int at = 0; at < digests.size(); at++) {
                if (lasts(digests.get(at))) {
                    packOf(number(digests.get(at))).use(now);
                } else {
                    missing.set(at);
                }
            }
            return missing;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// A number for a blob, which it keeps until its pack is removed or until [#compact].
    OptionalInt numberOf(Digest digest) {
        lock.readLock().lock();
        try {
            int blob = number(digest);
            return blob < 0 ? OptionalInt.empty() : OptionalInt.of(blob);
        } finally {
            lock.readLock().unlock();
        }
    }

    /// What the blob of this number takes in its pack.
    int storedBytes(int number) {
        lock.readLock().lock();
        try {
            return blobs.storedLength(number) + PackDirectory.ENTRY_BYTES;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// One more than the largest number that a blob has.
    int numbers() {
        lock.readLock().lock();
        try {
            return blobs.count();
        } finally {
            lock.readLock().unlock();
        }
    }

    /// All packs, and how much of each is in `live`, a set of numbers.
    List<Usage> usage(BitSet live) {
        lock.readLock().lock();
        try {
            List<Usage> usage = new ArrayList<>(packsByName.size());
            for (int at = 0; at < packs.size(); at++) {
                if (!packs.get(at).gone) {
                    usage.add(usage(at, live));
                }
            }
            return usage;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Those blobs of a pack that are in `live`, by the places where they lie in it.
    List<PackEntry> entries(ObjectName pack, BitSet live) {
        lock.readLock().lock();
        try {
            List<PackEntry> entries = new ArrayList<>();
            PackRecord known = packsByName.get(pack);
            if (known != null) {
                int end = endOf(indexOf(known));
                for (int blob = live.nextSetBit(known.first);
                        blob >= 0 && blob < end;
                        blob = live.nextSetBit(blob + 1)) {
                    entries.add(blobs.entry(blob));
                }
            }
            return entries;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// All blobs that are known to lie in a pack.
    List<PackEntry> entries(ObjectName pack) {
        lock.readLock().lock();
        try {
            List<PackEntry> entries = new ArrayList<>();
            PackRecord known = packsByName.get(pack);
            if (known != null) {
                int end = endOf(indexOf(known));
                for (int blob = known.first; blob < end; blob++) {
                    entries.add(blobs.entry(blob));
                }
            }
            return entries;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// How large a pack is; zero if there is none.
    ByteCount sizeOf(ObjectName pack) {
        lock.readLock().lock();
        try {
            PackRecord known = packsByName.get(pack);
            return known == null ? ByteCount.ZERO : ByteCount.ofBytes(known.size);
        } finally {
            lock.readLock().unlock();
        }
    }

    int size() {
        lock.readLock().lock();
        try {
            return blobs.count() - goneBlobs;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Gives back the memory of removed packs, if it is worth it. Blobs get new numbers.
    void compact() {
        lock.writeLock().lock();
        try {
            if (goneBlobs > blobs.count() / 4) {
                rebuild();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void rebuild() {
        renumbered++;
        BlobTable oldBlobs = blobs;
        List<PackRecord> oldPacks = packs;
        blobs = new BlobTable();
        packs = new ArrayList<>();
        packsByName.clear();
        goneBlobs = 0;
        for (int at = 0; at < oldPacks.size(); at++) {
            PackRecord old = oldPacks.get(at);
            if (!old.gone) {
                PackRecord kept = new PackRecord(old.name, old.size, blobs.count(), old.usedMillis());
                kept.condemned = old.condemned;
                kept.shadowed = old.shadowed;
                packs.add(kept);
                packsByName.put(kept.name, kept);
                int end = at + 1 < oldPacks.size() ? oldPacks.get(at + 1).first : oldBlobs.count();
                for (int blob = old.first; blob < end; blob++) {
                    added(blobs.add(oldBlobs, blob));
                }
            }
        }
    }

    private void forget(PackRecord pack) {
        pack.gone = true;
        renumbered++;
        packsByName.remove(pack.name);
        int at = indexOf(pack);
        goneBlobs += endOf(at) - pack.first;
    }

    private Usage usage(int at, BitSet live) {
        PackRecord pack = packs.get(at);
        long bytes = 0;
        int end = endOf(at);
        for (int blob = live.nextSetBit(pack.first); blob >= 0 && blob < end; blob = live.nextSetBit(blob + 1)) {
            bytes += blobs.storedLength(blob) + PackDirectory.ENTRY_BYTES;
        }
        return new Usage(
                pack.name,
                ByteCount.ofBytes(pack.size),
                Duration.ofMillis(pack.usedMillis()),
                ByteCount.ofBytes(bytes == 0 ? 0 : bytes + PackDirectory.FRAME_BYTES));
    }

    private boolean lasts(Digest digest) {
        int blob = number(digest);
        return blob >= 0 && !packOf(blob).condemned;
    }

    /// The number of a blob that is there, or -1.
    private int number(Digest digest) {
        int blob = blobs.find(digest);
        return blob >= 0 && goneBlobs > 0 && packOf(blob).gone ? -1 : blob;
    }

    /// @param before where the blob that was added was found so far, or -1
    private void added(int before) {
        if (before >= 0) {
            // It lies in a pack as well that is condemned now, and may be pardoned.
            packOf(before).shadowed = true;
        }
    }

    private PackRecord packOf(int blob) {
        return packs.get(lastStartingAtOrBefore(blob));
    }

    private int indexOf(PackRecord pack) {
        int at = lastStartingAtOrBefore(pack.first);
        while (packs.get(at) != pack) {
            at--;
        }
        return at;
    }

    private int endOf(int pack) {
        return pack + 1 < packs.size() ? packs.get(pack + 1).first : blobs.count();
    }

    /// Packs without a blob of their own begin where the next one does.
    private int lastStartingAtOrBefore(int blob) {
        int low = 0;
        int high = packs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (packs.get(middle).first <= blob) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
