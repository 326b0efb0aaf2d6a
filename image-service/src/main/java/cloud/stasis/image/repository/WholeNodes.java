package cloud.stasis.image.repository;

import cloud.stasis.model.Digest;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Remembers some nodes under which everything is known to be there and of full shape, so that sealing the next
/// bundle of the same machine walks what changed and no more. It may forget; it never invents. Who removes
/// blobs empties it first.
final class WholeNodes {
    /// 65,536 nodes of level 1 are 256 GiB of content; their parents are remembered too. 4 MiB of memory.
    private static final int SLOTS = 1 << 16;

    private final AtomicReferenceArray<@Nullable Digest> slots = new AtomicReferenceArray<>(SLOTS);

    boolean contains(Digest node) {
        return node.equals(slots.get(slot(node)));
    }

    void add(Digest node) {
        slots.set(slot(node), node);
    }

    void forgetAll() {
        for (int slot = 0; slot < SLOTS; slot++) {
            slots.set(slot, null);
        }
    }

    private static int slot(Digest node) {
        return (int) (node.a() >>> 48);
    }
}
