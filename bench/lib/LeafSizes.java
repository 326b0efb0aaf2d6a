import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// What a store would hold of a file, and of the same file a little later, if its leaves had another size: a line of
/// a table for each. `LeafSizes NAME FILE LATER`
final class LeafSizes {
    private static final int FAN_OUT = 64;
    private static final int NODE_BYTES = 8;
    private static final int DIGEST_BYTES = 32;
    private static final int DIRECTORY_BYTES = 44;
    private static final double MIB = 1 << 20;

    private final int leafBytes;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(1);
    private final MessageDigest hash;
    private final Set<ByteBuffer> known = new HashSet<>();
    private final byte[] leaf;
    private final byte[] compressed;

    private LeafSizes(int leafBytes) throws Exception {
        this.leafBytes = leafBytes;
        this.hash = MessageDigest.getInstance("SHA-256");
        this.leaf = new byte[leafBytes];
        this.compressed = new byte[(int) Zstd.compressBound(leafBytes)];
    }

    /// @param read bytes of leaves that are not as they were, or not zeros
    /// @param fresh leaves that the store lacks
    private record Pass(long read, long fresh, long stored, long index, double cpuSeconds, byte[][] leaves) {}

    public static void main(String[] arguments) throws Exception {
        System.out.printf(
                "%-6s %6s %10s %10s %10s %10s %10s %10s %10s%n",
                "", "KiB", "MiB stored", "MiB index", "leaves", "MB/cpu s", "later read", "stored", "index");
        // Once for the compiler.
        new LeafSizes(65536).pass(Path.of(arguments[1]), null, 256L << 20);
        for (int kib = 16; kib <= 4096; kib *= 2) {
            LeafSizes sizes = new LeafSizes(kib * 1024);
            Pass first = sizes.pass(Path.of(arguments[1]), null, Long.MAX_VALUE);
            Pass later = sizes.pass(Path.of(arguments[2]), first.leaves, Long.MAX_VALUE);
            System.out.printf(
                    "%-6s %6d %10.1f %10.2f %10d %10.0f %10.1f %10.2f %10.3f%n",
                    arguments[0],
                    kib,
                    first.stored / MIB,
                    first.index / MIB,
                    first.fresh,
                    first.read / 1e6 / first.cpuSeconds,
                    later.read / MIB,
                    later.stored / MIB,
                    later.index / MIB);
        }
    }

    private Pass pass(Path file, byte[][] before, long most) throws IOException {
        long read = 0;
        long fresh = 0;
        long stored = 0;
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        byte[][] leaves;
        try (FileChannel channel = FileChannel.open(file)) {
            long size = Math.min(most, channel.size());
            leaves = new byte[(int) Math.ceilDiv(size, leafBytes)][];
            for (int at = 0; at < leaves.length; at++) {
                int length = (int) Math.min(leafBytes, size - (long) at * leafBytes);
                channel.read(ByteBuffer.wrap(leaf, 0, length), (long) at * leafBytes);
                if (isZero(length)) {
                    continue;
                }
                hash.update(leaf, 0, length);
                leaves[at] = hash.digest();
                if (before == null || !Arrays.equals(before[at], leaves[at])) {
                    read += length;
                }
                if (known.add(ByteBuffer.wrap(leaves[at]))) {
                    fresh++;
                    int shorter = zstd.compressByteArray(compressed, 0, compressed.length, leaf, 0, length);
                    stored += (shorter <= length - length / 16 ? shorter : length) + DIRECTORY_BYTES;
                }
            }
        }
        double cpu = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e9;
        return new Pass(read, fresh, stored, index(leaves, before), cpu, leaves);
    }

    private boolean isZero(int length) {
        return leaf[0] == 0 && Arrays.equals(leaf, 0, length - 1, leaf, 1, length);
    }

    /// Bytes of the nodes that are new, level by level.
    private static long index(byte[][] leaves, byte[][] before) {
        boolean[] changed = new boolean[leaves.length];
        for (int at = 0; at < leaves.length; at++) {
            changed[at] = before == null ? leaves[at] != null : !Arrays.equals(leaves[at], before[at]);
        }
        long bytes = 0;
        do {
            boolean[] above = new boolean[Math.ceilDiv(changed.length, FAN_OUT)];
            for (int at = 0; at < changed.length; at++) {
                above[at / FAN_OUT] |= changed[at];
            }
            for (int at = 0; at < above.length; at++) {
                if (above[at]) {
                    bytes += NODE_BYTES + (long) DIGEST_BYTES * Math.min(FAN_OUT, changed.length - at * FAN_OUT);
                }
            }
            changed = above;
        } while (changed.length > 1);
        return bytes;
    }
}
