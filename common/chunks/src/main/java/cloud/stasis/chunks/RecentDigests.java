package cloud.stasis.chunks;

import cloud.stasis.model.Digest;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Remembers some of the digests of a transfer, in bounded memory, so that content that repeats itself is asked
/// about and sent once. It may forget; it never invents.
final class RecentDigests {
    /// 65,536 digests are 4 GiB of content, and 4 MiB of memory.
    private static final int SLOTS = 1 << 16;

    private final AtomicReferenceArray<Digest> slots = new AtomicReferenceArray<>(SLOTS);

    /// Remembers `digest`; false if it was remembered already.
    boolean add(Digest digest) {
        int slot = (int) (digest.a() >>> 48);
        return !digest.equals(slots.getAndSet(slot, digest));
    }
}
