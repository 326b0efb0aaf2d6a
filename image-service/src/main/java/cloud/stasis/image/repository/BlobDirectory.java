package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Encoding;
import cloud.stasis.chunks.format.PackDirectory;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
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
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Where each blob lies: digest to pack, offset and lengths, in memory, rebuilt at start. And when each pack
/// was last *used*: a blob of it was put, or somebody was told that it is there.
///
/// Kept in plain arrays: 40 bytes a blob, and 6 to 12 more for the hash table over them. A million blobs (64
/// GiB of content that is neither zeros nor repeated) take about 50 MiB.
///
/// ```
/// slots  int[]      hash of the digest -> number of the blob + 1, open addressing
/// pages  long[][]   5 longs a blob: its digest, and its place within its pack
/// packs             each pack and its first blob; blobs of a pack have consecutive numbers
/// ```
/// A pack that was removed stays in the arrays and is passed over until [#compact]. A blob that lies in several
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
        volatile long usedMillis;
        boolean condemned;
        boolean shadowed;
        boolean gone;

        PackRecord(ObjectName name, int size, int first, long usedMillis) {
            this.name = name;
            this.size = size;
            this.first = first;
            this.usedMillis = usedMillis;
        }
    }

    private static final int PAGE_BLOBS = 4096;
    private static final int LONGS = 5;
    private static final int FIRST_SLOTS = 1 << 16;
    private static final int MOST_BLOBS = 1 << 30;

    /// Offset, stored length, plain length, kind and encoding in 60 bits.
    private static final int OFFSET_BITS = 24;

    private static final int LENGTH_BITS = 17;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    // Digests can be made to order in their first bytes; the slot that follows cannot be foretold.
    private final long seed = new SplittableRandom().nextLong() | 1;
    private final long seed2 = new SplittableRandom().nextLong() | 1;

    private List<long[]> pages = new ArrayList<>();
    private List<PackRecord> packs = new ArrayList<>();
    private final Map<ObjectName, PackRecord> packsByName = new HashMap<>();
    private int[] slots = new int[FIRST_SLOTS];
    private int count;
    private int goneBlobs;
    private Set<ObjectName> condemned = Set.of();

    /// Packs that are being put: others may see them before they stand here.
    private final Set<ObjectName> arriving = new HashSet<>();

    private long renumbered;

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
                known.usedMillis = now.toMillis();
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
                take(pack, size, entries, known.usedMillis);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void take(ObjectName pack, ByteCount size, List<PackEntry> entries, long usedMillis) {
        PackRecord known = packsByName.get(pack);
        if (known != null) {
            forget(known);
        }
        PackRecord added = new PackRecord(pack, Math.toIntExact(size.bytes()), count, usedMillis);
        added.condemned = condemned.contains(pack);
        packs.add(added);
        packsByName.put(pack, added);
        for (PackEntry entry : entries) {
            if (lasts(entry.digest())) {
                added.shadowed = true;
            } else {
                append(entry);
            }
        }
    }

    /// Whether all these blobs are there to stay; if so, their packs count as used.
    boolean useAll(List<PackEntry> entries, Duration now) {
        lock.readLock().lock();
        try {
            for (PackEntry entry : entries) {
                if (!lasts(entry.digest())) {
                    return false;
                }
            }
            entries.forEach(entry -> packOf(number(entry.digest())).usedMillis = now.toMillis());
            return true;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Condemns these packs, also when they are added later, and no others.
    ///
    /// @return those of them that were used since `horizon`
    List<ObjectName> condemn(Set<ObjectName> packsToGo, Duration horizon) {
        lock.writeLock().lock();
        try {
            condemned = Set.copyOf(packsToGo);
            Set<ObjectName> used = new HashSet<>(arriving);
            used.retainAll(condemned);
            for (PackRecord pack : packsByName.values()) {
                pack.condemned = condemned.contains(pack.name);
                if (pack.condemned && pack.usedMillis >= horizon.toMillis()) {
                    used.add(pack.name);
                }
            }
            return List.copyOf(used);
        } finally {
            lock.writeLock().unlock();
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
            return blob < 0 ? Optional.empty() : Optional.of(new Found(packOf(blob).name, entry(blob, digest)));
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
                    packOf(number(digests.get(at))).usedMillis = now.toMillis();
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
            return entry(number, Digest.ZERO).storedLength() + PackDirectory.ENTRY_BYTES;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// One more than the largest number that a blob has.
    int numbers() {
        lock.readLock().lock();
        try {
            return count;
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
                    entries.add(entry(blob, digest(blob)));
                }
            }
            return entries;
        } finally {
            lock.readLock().unlock();
        }
    }

    int size() {
        lock.readLock().lock();
        try {
            return count - goneBlobs;
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Gives back the memory of removed packs, if it is worth it. Blobs get new numbers.
    void compact() {
        lock.writeLock().lock();
        try {
            if (goneBlobs > count / 4) {
                rebuild();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void rebuild() {
        renumbered++;
        List<long[]> oldPages = pages;
        List<PackRecord> oldPacks = packs;
        int oldCount = count;
        pages = new ArrayList<>();
        packs = new ArrayList<>();
        packsByName.clear();
        slots = new int[FIRST_SLOTS];
        count = 0;
        goneBlobs = 0;
        for (int at = 0; at < oldPacks.size(); at++) {
            PackRecord old = oldPacks.get(at);
            if (!old.gone) {
                PackRecord kept = new PackRecord(old.name, old.size, count, old.usedMillis);
                kept.condemned = old.condemned;
                kept.shadowed = old.shadowed;
                packs.add(kept);
                packsByName.put(kept.name, kept);
                int end = at + 1 < oldPacks.size() ? oldPacks.get(at + 1).first : oldCount;
                for (int blob = old.first; blob < end; blob++) {
                    append(oldPages.get(blob / PAGE_BLOBS), blob % PAGE_BLOBS * LONGS);
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
            bytes += entry(blob, Digest.ZERO).storedLength() + PackDirectory.ENTRY_BYTES;
        }
        return new Usage(
                pack.name,
                ByteCount.ofBytes(pack.size),
                Duration.ofMillis(pack.usedMillis),
                ByteCount.ofBytes(bytes == 0 ? 0 : bytes + PackDirectory.FRAME_BYTES));
    }

    private boolean lasts(Digest digest) {
        int blob = number(digest);
        return blob >= 0 && !packOf(blob).condemned;
    }

    /// The number of a blob that is there, or -1.
    private int number(Digest digest) {
        int blob = slots[slot(digest)] - 1;
        return blob >= 0 && goneBlobs > 0 && packOf(blob).gone ? -1 : blob;
    }

    private void append(PackEntry entry) {
        Digest digest = entry.digest();
        append(new long[] {digest.a(), digest.b(), digest.c(), digest.d(), place(entry)}, 0);
    }

    /// Adds the blob whose longs are at `from`, in place of one in a removed pack if there is one.
    private void append(long[] blob, int from) {
        if (count == MOST_BLOBS) {
            throw new StasisException(ErrorCode.NO_SPACE, "the store holds as many blobs as one service can know");
        }
        if ((count + 1) * 4L > slots.length * 3L) {
            grow();
        }
        if (count % PAGE_BLOBS == 0) {
            pages.add(new long[PAGE_BLOBS * LONGS]);
        }
        System.arraycopy(blob, from, pages.getLast(), count % PAGE_BLOBS * LONGS, LONGS);
        int slot = slot(digest(count));
        if (slots[slot] != 0) {
            // It lies in a pack as well that is condemned now, and may be pardoned.
            packOf(slots[slot] - 1).shadowed = true;
        }
        slots[slot] = count + 1;
        count++;
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
        return pack + 1 < packs.size() ? packs.get(pack + 1).first : count;
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

    private void grow() {
        slots = new int[2 * slots.length];
        for (int blob = 0; blob < count; blob++) {
            slots[slot(digest(blob))] = blob + 1;
        }
    }

    /// The slot that holds the digest, or the empty one where it belongs.
    private int slot(Digest digest) {
        int mask = slots.length - 1;
        int slot = (int) ((digest.a() * seed + digest.b() * seed2) >>> 32) & mask;
        while (slots[slot] != 0 && !isAt(slots[slot] - 1, digest)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean isAt(int blob, Digest digest) {
        long[] page = pages.get(blob / PAGE_BLOBS);
        int at = blob % PAGE_BLOBS * LONGS;
        return page[at] == digest.a()
                && page[at + 1] == digest.b()
                && page[at + 2] == digest.c()
                && page[at + 3] == digest.d();
    }

    private Digest digest(int blob) {
        long[] page = pages.get(blob / PAGE_BLOBS);
        int at = blob % PAGE_BLOBS * LONGS;
        return new Digest(page[at], page[at + 1], page[at + 2], page[at + 3]);
    }

    private static long place(PackEntry entry) {
        long place = entry.offset();
        place = place << LENGTH_BITS | entry.storedLength();
        place = place << LENGTH_BITS | entry.plainLength();
        place = place << 1 | (entry.kind() == BlobKind.NODE ? 1 : 0);
        return place << 1 | (entry.encoding() == Encoding.ZSTD ? 1 : 0);
    }

    private PackEntry entry(int blob, Digest digest) {
        long place = pages.get(blob / PAGE_BLOBS)[blob % PAGE_BLOBS * LONGS + 4];
        int lengths = (1 << LENGTH_BITS) - 1;
        return new PackEntry(
                (place & 2) != 0 ? BlobKind.NODE : BlobKind.CHUNK,
                (place & 1) != 0 ? Encoding.ZSTD : Encoding.PLAIN,
                digest,
                (int) (place >>> 2) & lengths,
                (int) (place >>> 2 + LENGTH_BITS) & lengths,
                (int) (place >>> 2 + 2 * LENGTH_BITS) & ((1 << OFFSET_BITS) - 1));
    }
}
