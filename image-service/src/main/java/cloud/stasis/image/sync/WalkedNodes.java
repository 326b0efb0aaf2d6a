package cloud.stasis.image.sync;

import cloud.stasis.model.Digest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Nodes that a copy has walked, so that a tree which has one of them in many places costs no more than its nodes.
/// Those that were met last are remembered, as many as have room; what is forgotten is walked again.
final class WalkedNodes {
    /// 1 TiB that is nowhere the same, in 32 MiB.
    static final int MOST = 1 << 18;

    private final Set<Digest> nodes;

    WalkedNodes() {
        this(MOST);
    }

    WalkedNodes(int most) {
        nodes = Collections.newSetFromMap(new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, Boolean> eldest) {
                return size() > most;
            }
        });
    }

    /// Remembers a node; false if it was remembered already.
    boolean add(Digest node) {
        return nodes.add(node);
    }

    boolean contains(Digest node) {
        return nodes.contains(node);
    }

    int count() {
        return nodes.size();
    }
}
