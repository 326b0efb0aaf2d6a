package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.hypervisor.DiskExports;
import cloud.stasis.disks.SparseDisk;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Disks of one instant: before a guest overwrites a block, the old one is kept here.
final class SimulatedExports implements DiskExports {
    private static final int BLOCK_BYTES = WriteRecords.BLOCK_BYTES;

    private final SimulatedMachine machine;
    private final Map<DeviceName, List<Extent>> changed;
    private final Map<DeviceName, List<Extent>> data = new HashMap<>();
    private final Map<DeviceName, Map<Long, byte[]>> kept = new HashMap<>();

    SimulatedExports(SimulatedMachine machine, Map<DeviceName, List<Extent>> changed, Iterable<DeviceName> disks) {
        this.machine = machine;
        this.changed = changed;
        disks.forEach(disk -> {
            kept.put(disk, new HashMap<>());
            data.put(disk, machine.disk(disk).data());
        });
    }

    /// Called under the machine's monitor, like every read.
    void beforeWrite(DeviceName disk, long offset, int length) throws IOException {
        Map<Long, byte[]> blocks = kept.get(disk);
        if (blocks == null) {
            return;
        }
        SparseDisk live = machine.disk(disk);
        for (long block = offset / BLOCK_BYTES; block * BLOCK_BYTES < offset + length; block++) {
            if (!blocks.containsKey(block)) {
                long start = block * BLOCK_BYTES;
                ByteBuffer old = ByteBuffer.allocate(
                        (int) Math.min(BLOCK_BYTES, live.size().bytes() - start));
                live.read(start, old);
                blocks.put(block, old.array());
            }
        }
    }

    @Override
    public ContentSource content(DeviceName disk) {
        Map<Long, byte[]> blocks = kept.get(disk);
        if (blocks == null) {
            throw new StasisException(ErrorCode.INTERNAL, "disk " + disk + " is not exported");
        }
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return machine.disk(disk).size();
            }

            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                synchronized (machine) {
                    long at = offset;
                    while (into.hasRemaining()) {
                        at += piece(disk, blocks, at, into);
                    }
                }
            }
        };
    }

    private int piece(DeviceName disk, Map<Long, byte[]> blocks, long at, ByteBuffer into) throws IOException {
        int within = (int) (at % BLOCK_BYTES);
        int length = Math.min(BLOCK_BYTES - within, into.remaining());
        byte[] old = blocks.get(at / BLOCK_BYTES);
        if (old != null) {
            into.put(old, within, length);
        } else {
            machine.disk(disk).read(at, into.slice(into.position(), length));
            into.position(into.position() + length);
        }
        return length;
    }

    @Override
    public List<Extent> changed(DeviceName disk) {
        List<Extent> extents = changed.get(disk);
        if (extents == null) {
            throw new StasisException(ErrorCode.INTERNAL, "changes of disk " + disk + " were not asked for");
        }
        return extents;
    }

    /// They may hold something anywhere.
    @Override
    public List<Extent> writtenIn(DeviceName disk, int layers) {
        return List.of(new Extent(0, machine.disk(disk).size().bytes()));
    }

    @Override
    public List<Extent> data(DeviceName disk) {
        return data.getOrDefault(disk, List.of());
    }

    @Override
    public void close() {
        machine.endExports();
    }
}
