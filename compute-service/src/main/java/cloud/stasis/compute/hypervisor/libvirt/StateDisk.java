package cloud.stasis.compute.hypervisor.libvirt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A qcow2 disk with one internal snapshot that is nothing but the state of a machine, because QEMU loads a
/// state into a machine that was powered on from there only. We write it ourselves around the state, so that
/// QEMU never opens an image that came from elsewhere.
///
/// ```
///  cluster  0 header │ 1 refcount table │ 2 refcount block │ 3 active L1 │ 4 snapshots │ 5 L1 and 6 L2 of the
///           snapshot │ 7 ... the state
/// ```
///
/// The disk itself is one empty cluster; the state lies behind the first 512 MiB, which one table of the second
/// level describes, and so in the second entry of the first level.
final class StateDisk {
    /// By which QEMU is told what to load.
    static final String SNAPSHOT = "state";

    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;
    private static final int FIRST_DATA = 7;
    private static final long REFERENCED_ONCE = 1L << 63;
    private static final int MAGIC = 0x514649FB;
    private static final int VERSION = 3;
    private static final int HEADER_BYTES = 104;
    private static final int REFCOUNT_ORDER = 4;
    private static final int EXTRA_BYTES = 16;

    private StateDisk() {}

    static void write(Path file, ByteBuffer state) throws IOException {
        int length = state.remaining();
        int clusters = Math.ceilDiv(length, CLUSTER);
        ByteBuffer tables = ByteBuffer.allocate(FIRST_DATA * CLUSTER);
        header(tables);
        tables.putLong(CLUSTER, 2L * CLUSTER);
        for (int cluster = 0; cluster < FIRST_DATA + clusters; cluster++) {
            tables.putShort(2 * CLUSTER + Short.BYTES * cluster, (short) 1);
        }
        snapshot(tables.position(4 * CLUSTER), length);
        tables.putLong(5 * CLUSTER + Long.BYTES, 6L * CLUSTER | REFERENCED_ONCE);
        for (int cluster = 0; cluster < clusters; cluster++) {
            long at = (long) (FIRST_DATA + cluster) * CLUSTER;
            tables.putLong(6 * CLUSTER + Long.BYTES * cluster, at | REFERENCED_ONCE);
        }
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, tables.rewind());
            writeFully(channel, state);
            writeFully(channel, ByteBuffer.allocate(clusters * CLUSTER - length));
        }
    }

    private static void header(ByteBuffer into) {
        into.putInt(MAGIC)
                .putInt(VERSION)
                .putLong(0) // no backing file
                .putInt(0)
                .putInt(CLUSTER_BITS)
                .putLong(CLUSTER) // size of the disk
                .putInt(0) // not encrypted
                .putInt(1) // entries of the active L1
                .putLong(3L * CLUSTER)
                .putLong(CLUSTER)
                .putInt(1) // clusters of the refcount table
                .putInt(1) // snapshots
                .putLong(4L * CLUSTER)
                .putLong(0)
                .putLong(0)
                .putLong(0) // no features
                .putInt(REFCOUNT_ORDER)
                .putInt(HEADER_BYTES);
    }

    private static void snapshot(ByteBuffer into, int stateBytes) {
        byte[] id = {'1'};
        byte[] name = SNAPSHOT.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        into.putLong(5L * CLUSTER)
                .putInt(2) // entries of its L1
                .putShort((short) id.length)
                .putShort((short) name.length)
                .putLong(0) // when
                .putLong(0) // at which time of the guest
                .putInt(stateBytes)
                .putInt(EXTRA_BYTES)
                .putLong(stateBytes)
                .putLong(CLUSTER) // size of the disk
                .put(id)
                .put(name);
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
