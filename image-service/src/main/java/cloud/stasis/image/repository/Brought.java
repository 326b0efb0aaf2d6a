package cloud.stasis.image.repository;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// The blobs that a writer has put: half of each digest, which nobody can make up another blob for. 16 to 48 bytes
/// each, of a room that all writers share.
final class Brought implements AutoCloseable {
    /// Memory for all of them together.
    static final class Room {
        private final long most;
        private long taken;

        Room(long most) {
            this.most = most;
        }

        /// @throws StasisException `TOO_BUSY` if there is not so much left
        private synchronized void take(long bytes) {
            if (taken + bytes > most) {
                throw new StasisException(
                        ErrorCode.TOO_BUSY,
                        "sites that may not pull bring more at once than this service can remember: try again later,"
                                + " or let them pull as well");
            }
            taken += bytes;
        }

        private synchronized void giveBack(long bytes) {
            taken -= bytes;
        }
    }

    /// 256 GiB that are neither zeros nor there yet, in one bundle; up to 128 MiB of memory.
    private static final int MOST = 1 << 22;

    private static final int FIRST_SLOTS = 1 << 10;

    private final Room room;
    private long[] slots = new long[2 * FIRST_SLOTS];
    private int count;
    private boolean closed;

    /// @throws StasisException `TOO_BUSY`
    Brought(Room room) {
        this.room = room;
        room.take(bytes());
    }

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

    /// Its lease has ended, and nothing more is added.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            room.giveBack(bytes());
        }
    }

    private long bytes() {
        return slots.length * (long) Long.BYTES;
    }

    private void grow() {
        if (closed) {
            throw new StasisException(ErrorCode.TOO_BUSY, "the lease of this bundle has ended: begin again");
        }
        // As much again.
        room.take(bytes());
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
