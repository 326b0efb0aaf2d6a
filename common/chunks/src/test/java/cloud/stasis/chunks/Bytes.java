package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A source of bytes in memory that remembers what was read of it.
final class Bytes implements ContentSource {
    final byte[] bytes;
    final Queue<Extent> reads = new ConcurrentLinkedQueue<>();

    Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Random bytes, half of whose leaves are zeros or repeat an earlier one.
    static Bytes mixed(int size, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; at += 65_536) {
            int length = Math.min(65_536, size - at);
            byte[] leaf = new byte[length];
            switch (random.nextInt(4)) {
                case 0 -> {}
                case 1 -> new Random(7).nextBytes(leaf);
                case 2 -> java.util.Arrays.fill(leaf, (byte) random.nextInt());
                default -> random.nextBytes(leaf);
            }
            System.arraycopy(leaf, 0, bytes, at, length);
        }
        return new Bytes(bytes);
    }

    long readBytes() {
        return reads.stream().mapToLong(Extent::length).sum();
    }

    @Override
    public ByteCount size() {
        return ByteCount.ofBytes(bytes.length);
    }

    @Override
    public void read(long offset, ByteBuffer into) {
        reads.add(new Extent(offset, into.remaining()));
        into.put(bytes, (int) offset, into.remaining());
    }
}
