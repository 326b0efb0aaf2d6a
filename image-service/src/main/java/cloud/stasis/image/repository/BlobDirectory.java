package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Encoding;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Where each blob lies: digest to pack, offset and lengths, in memory, rebuilt at start.
///
/// Kept in plain arrays: 40 bytes a blob, and 6 to 12 more for the hash table over them. A million blobs (64
/// GiB of content that is neither zeros nor repeated) take about 50 MiB.
///
/// ```
/// slots  int[]      hash of the digest -> number of the blob + 1, open addressing
/// pages  long[][]   5 longs a blob: its digest, and its place within its pack
/// packs             name and first blob of each pack; blobs of a pack have consecutive numbers
/// ```
final class BlobDirectory {
    /// A blob and where it lies.
    record Found(Digest pack, PackEntry entry) {}

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

    private final List<long[]> pages = new ArrayList<>();
    private final List<Digest> packs = new ArrayList<>();
    private int[] packStarts = new int[64];
    private int[] slots = new int[FIRST_SLOTS];
    private int count;

    /// Adds the blobs of a pack that is durable. A blob that is known already stays where it is.
    void add(Digest pack, List<PackEntry> entries) {
        lock.writeLock().lock();
        try {
            int start = count;
            for (PackEntry entry : entries) {
                if (slots[slot(entry.digest())] == 0) {
                    append(entry);
                }
            }
            if (count > start) {
                rememberPack(pack, start);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    Optional<Found> find(Digest digest) {
        lock.readLock().lock();
        try {
            int blob = slots[slot(digest)] - 1;
            return blob < 0 ? Optional.empty() : Optional.of(new Found(packOf(blob), entry(blob, digest)));
        } finally {
            lock.readLock().unlock();
        }
    }

    boolean contains(Digest digest) {
        lock.readLock().lock();
        try {
            return slots[slot(digest)] != 0;
        } finally {
            lock.readLock().unlock();
        }
    }

    int size() {
        lock.readLock().lock();
        try {
            return count;
        } finally {
            lock.readLock().unlock();
        }
    }

    private void append(PackEntry entry) {
        if (count == MOST_BLOBS) {
            throw new StasisException(ErrorCode.NO_SPACE, "the store holds as many blobs as one service can know");
        }
        if ((count + 1) * 4L > slots.length * 3L) {
            grow();
        }
        if (count % PAGE_BLOBS == 0) {
            pages.add(new long[PAGE_BLOBS * LONGS]);
        }
        long[] page = pages.getLast();
        int at = count % PAGE_BLOBS * LONGS;
        page[at] = entry.digest().a();
        page[at + 1] = entry.digest().b();
        page[at + 2] = entry.digest().c();
        page[at + 3] = entry.digest().d();
        page[at + 4] = place(entry);
        slots[slot(entry.digest())] = ++count;
    }

    private void rememberPack(Digest pack, int start) {
        if (packs.size() == packStarts.length) {
            packStarts = Arrays.copyOf(packStarts, 2 * packStarts.length);
        }
        packStarts[packs.size()] = start;
        packs.add(pack);
    }

    private Digest packOf(int blob) {
        int at = Arrays.binarySearch(packStarts, 0, packs.size(), blob);
        return packs.get(at >= 0 ? at : -at - 2);
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
