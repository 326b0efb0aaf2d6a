package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Encoding;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Blobs by digest and by number, in plain arrays: 40 bytes a blob, and 6 to 12 more for the hash table over them.
///
/// ```
/// slots  int[]      hash of the digest -> number of the blob + 1, open addressing
/// pages  long[][]   5 longs a blob: its digest, and its place within its pack
/// ```
/// Numbers count from 0 in the order in which blobs were added. A digest that is added again is found under its new
/// number. Several threads may read; who adds is alone.
final class BlobTable {
    private static final int PAGE_BLOBS = 4096;
    private static final int LONGS = 5;
    private static final int FIRST_SLOTS = 1 << 16;
    private static final int MOST_BLOBS = 1 << 30;

    /// Offset, stored length, plain length, kind and encoding in 60 bits.
    private static final int OFFSET_BITS = 24;

    private static final int LENGTH_BITS = 17;

    // Digests can be made to order in their first bytes; the slot that follows cannot be foretold.
    private final long seed = new SplittableRandom().nextLong() | 1;
    private final long seed2 = new SplittableRandom().nextLong() | 1;

    private final List<long[]> pages = new ArrayList<>();
    private int[] slots = new int[FIRST_SLOTS];
    private int count;

    /// What a table takes that has so many more blobs, and once more its slots: while it grows it has them twice.
    long bytesWith(int more) {
        long blobs = (long) count + more;
        long capacity = slots.length;
        while (blobs * 4 > capacity * 3) {
            capacity *= 2;
        }
        long full = Math.ceilDiv(blobs, (long) PAGE_BLOBS) * PAGE_BLOBS * LONGS * Long.BYTES;
        return full + capacity * Integer.BYTES * 3 / 2;
    }

    /// One more than the largest number.
    int count() {
        return count;
    }

    /// The number of a blob, or -1.
    int find(Digest digest) {
        return slots[slot(digest)] - 1;
    }

    /// @return the number under which the digest was found before, or -1
    int add(PackEntry entry) {
        Digest digest = entry.digest();
        return add(new long[] {digest.a(), digest.b(), digest.c(), digest.d(), place(entry)}, 0);
    }

    /// Adds a blob of another table.
    ///
    /// @return as [#add]
    int add(BlobTable other, int blob) {
        return add(other.page(blob), at(blob));
    }

    /// Adds the blob whose longs are at `from`.
    private int add(long[] blob, int from) {
        if (count == MOST_BLOBS) {
            throw new StasisException(ErrorCode.NO_SPACE, "the store holds as many blobs as one service can know");
        }
        if ((count + 1) * 4L > slots.length * 3L) {
            grow();
        }
        if (count % PAGE_BLOBS == 0) {
            pages.add(new long[PAGE_BLOBS * LONGS]);
        }
        System.arraycopy(blob, from, pages.getLast(), at(count), LONGS);
        int slot = slot(digest(count));
        int before = slots[slot] - 1;
        slots[slot] = count + 1;
        count++;
        return before;
    }

    PackEntry entry(int blob) {
        return entry(blob, digest(blob));
    }

    /// Where a blob lies whose digest is known.
    PackEntry entry(int blob, Digest digest) {
        long place = place(blob);
        return new PackEntry(
                (place & 2) != 0 ? BlobKind.NODE : BlobKind.CHUNK,
                (place & 1) != 0 ? Encoding.ZSTD : Encoding.PLAIN,
                digest,
                length(place >>> 2),
                length(place >>> 2 + LENGTH_BITS),
                (int) (place >>> 2 + 2 * LENGTH_BITS) & ((1 << OFFSET_BITS) - 1));
    }

    int storedLength(int blob) {
        return length(place(blob) >>> 2 + LENGTH_BITS);
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
        long[] page = page(blob);
        int at = at(blob);
        return page[at] == digest.a()
                && page[at + 1] == digest.b()
                && page[at + 2] == digest.c()
                && page[at + 3] == digest.d();
    }

    private Digest digest(int blob) {
        long[] page = page(blob);
        int at = at(blob);
        return new Digest(page[at], page[at + 1], page[at + 2], page[at + 3]);
    }

    private long place(int blob) {
        return page(blob)[at(blob) + 4];
    }

    private long[] page(int blob) {
        return pages.get(blob / PAGE_BLOBS);
    }

    private static int at(int blob) {
        return blob % PAGE_BLOBS * LONGS;
    }

    private static long place(PackEntry entry) {
        long place = entry.offset();
        place = place << LENGTH_BITS | entry.storedLength();
        place = place << LENGTH_BITS | entry.plainLength();
        place = place << 1 | (entry.kind() == BlobKind.NODE ? 1 : 0);
        return place << 1 | (entry.encoding() == Encoding.ZSTD ? 1 : 0);
    }

    private static int length(long bits) {
        return (int) bits & ((1 << LENGTH_BITS) - 1);
    }
}
