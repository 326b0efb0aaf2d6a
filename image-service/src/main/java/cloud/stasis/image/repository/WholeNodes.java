package cloud.stasis.image.repository;

import cloud.stasis.model.Digest;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Remembers some nodes under which everything is known to be there and of full shape, so that sealing the next
/// bundle of the same machine walks what changed and no more. It may forget; it never invents. Who removes or
/// condemns blobs makes it forget everything, also what a walk that is under way will add.
final class WholeNodes {
    /// 65,536 nodes of level 1 are 256 GiB of content; their parents are remembered too. 6 MiB of memory.
    private static final int SLOTS = 1 << 16;

    private record Known(Digest node, long since) {}

    private final AtomicReferenceArray<@Nullable Known> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicLong now = new AtomicLong();

    /// To be named with what a walk adds.
    long now() {
        return now.get();
    }

    boolean contains(Digest node) {
        Known known = slots.get(slot(node));
        return known != null && known.since == now.get() && known.node.equals(node);
    }

    /// @param since when the walk began
    void add(Digest node, long since) {
        slots.set(slot(node), new Known(node, since));
    }

    void forgetAll() {
        now.incrementAndGet();
    }

    private static int slot(Digest node) {
        return (int) (node.a() >>> 48);
    }
}
