package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.hypervisor.CheckpointName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Which blocks of each layer were written since which checkpoint.
final class WriteRecords {
    static final int BLOCK_BYTES = 64 * 1024;

    private final Map<Path, Map<CheckpointName, BitSet>> byLayer = new ConcurrentHashMap<>();

    void begin(Path layer, CheckpointName checkpoint) {
        of(layer).put(checkpoint, new BitSet());
    }

    void end(Path layer, CheckpointName checkpoint) {
        of(layer).remove(checkpoint);
    }

    void lose(Path layer) {
        byLayer.remove(layer);
    }

    /// What is known of one layer goes for another one.
    void carry(Path from, Path to) {
        Map<CheckpointName, BitSet> known = byLayer.remove(from);
        if (known != null) {
            byLayer.put(to, known);
        }
    }

    boolean has(Path layer, CheckpointName checkpoint) {
        return of(layer).containsKey(checkpoint);
    }

    void written(Path layer, long offset, int length) {
        int first = block(offset);
        int end = block(offset + length - 1) + 1;
        of(layer).values().forEach(blocks -> blocks.set(first, end));
    }

    Optional<List<Extent>> since(Path layer, CheckpointName checkpoint, long size) {
        BitSet blocks = of(layer).get(checkpoint);
        if (blocks == null) {
            return Optional.empty();
        }
        List<Extent> extents = new ArrayList<>();
        for (int at = blocks.nextSetBit(0); at >= 0; at = blocks.nextSetBit(blocks.nextClearBit(at))) {
            long offset = (long) at * BLOCK_BYTES;
            long end = Math.min(size, (long) blocks.nextClearBit(at) * BLOCK_BYTES);
            extents.add(new Extent(offset, end - offset));
        }
        return Optional.of(extents);
    }

    private Map<CheckpointName, BitSet> of(Path layer) {
        return byLayer.computeIfAbsent(layer, ignored -> new ConcurrentHashMap<>());
    }

    private static int block(long offset) {
        return (int) (offset / BLOCK_BYTES);
    }
}
