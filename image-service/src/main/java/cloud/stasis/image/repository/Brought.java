package cloud.stasis.image.repository;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// The blobs that a writer has put: half of each digest, which nobody can make up another blob for. 16 to 48 bytes
/// each.
final class Brought {
    /// 256 GiB that are neither zeros nor there yet, in one bundle; up to 128 MiB of memory.
    private static final int MOST = 1 << 22;

    private static final int FIRST_SLOTS = 1 << 10;

    private long[] slots = new long[2 * FIRST_SLOTS];
    private int count;

    /// @throws StasisException `TOO_BUSY`
    synchronized void add(Digest digest) {
        if (count == MOST) {
            throw new StasisException(
                    ErrorCode.TOO_BUSY,
                    "a site that may not pull brings at most " + MOST + " blobs for one bundle: let it pull as well");
        }
        if ((count + 1) * 4L > slots.length) {
            grow();
        }
        if (insert(digest.a(), digest.b())) {
            count++;
        }
    }

    synchronized boolean contains(Digest digest) {
        int slot = slot(digest.a(), digest.b());
        return slots[slot] != 0 || slots[slot + 1] != 0;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[2 * old.length];
        for (int at = 0; at < old.length; at += 2) {
            if (old[at] != 0 || old[at + 1] != 0) {
                insert(old[at], old[at + 1]);
            }
        }
    }

    private boolean insert(long first, long second) {
        int slot = slot(first, second);
        boolean isNew = slots[slot] == 0 && slots[slot + 1] == 0;
        slots[slot] = first;
        slots[slot + 1] = second;
        return isNew;
    }

    /// Where it is, or belongs. Nobody gains from making a table slow that holds only what he brought himself.
    private int slot(long first, long second) {
        int mask = slots.length - 1;
        int slot = (int) (second * 2) & mask;
        while ((slots[slot] != 0 || slots[slot + 1] != 0) && (slots[slot] != first || slots[slot + 1] != second)) {
            slot = slot + 2 & mask;
        }
        return slot;
    }
}
