package cloud.stasis.disks;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Layers as sparse files with a list of the blocks that they hold, in plain Java: what the simulated
/// hypervisor runs on. Needs nothing installed. Real bytes, real chains, no speed.
public final class SparseLayers implements LayerFiles {
    /// The granularity of a layer: a write to a part of a block copies the rest of it from below.
    public static final int BLOCK_BYTES = 64 * 1024;

    private static final String BLOCKS = ".blocks";
    /// Of this process; other processes are kept out by a file lock.
    private static final Set<Path> WRITTEN = ConcurrentHashMap.newKeySet();

    /// What stands beside the data.
    ///
    /// @param below the layer, or the raw file, that this one stands on
    /// @param held the numbers of the blocks that this layer holds
    record Blocks(ByteCount size, Optional<String> below, BelowKind kind, long[] held) {}

    enum BelowKind {
        NOTHING,
        RAW,
        LAYER
    }

    @Override
    public String suffix() {
        return "sparse";
    }

    @Override
    public void create(Path layer, ByteCount size, Backing backing) {
        Blocks blocks =
                switch (backing) {
                    case Backing.Nothing nothing -> new Blocks(size, Optional.empty(), BelowKind.NOTHING, new long[0]);
                    case Backing.Raw raw -> new Blocks(size, name(raw.file()), BelowKind.RAW, new long[0]);
                    case Backing.Layer on -> new Blocks(size, name(on.file()), BelowKind.LAYER, new long[0]);
                };
        try {
            Files.deleteIfExists(layer);
            try (RandomAccessFile file = new RandomAccessFile(layer.toFile(), "rw")) {
                file.setLength(size.bytes());
            }
        } catch (IOException e) {
            throw HostFiles.failure("make a layer of a disk", e);
        }
        blocksOf(layer).write(blocks);
    }

    private static Optional<String> name(Path below) {
        return Optional.of(below.toAbsolutePath().toString());
    }

    @Override
    public LayerReader open(Path layer) {
        if (isBeingWritten(layer)) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the disk is in use: stop what uses it first");
        }
        return openWhileWritten(layer);
    }

    /// As [#open], for a caller who sees to it that nobody writes just now.
    public SparseDisk openWhileWritten(Path layer) {
        return new SparseDisk(layer, SparseDisk.Mode.READ, Optional.empty());
    }

    /// @throws StasisException `WRONG_STATE` if someone else has it open for writing or it is frozen
    public SparseDisk openForWriting(Path layer) {
        return openForWriting(layer, Optional.empty());
    }

    /// @param ground what its chain stands on instead of its raw file, which may not be there yet
    public SparseDisk openForWriting(Path layer, Optional<ContentSource> ground) {
        Path key = layer.toAbsolutePath().normalize();
        if (!Files.isRegularFile(layer) || !isWritable(layer) || !WRITTEN.add(key)) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the layer is frozen, in use or not there");
        }
        try {
            return new SparseDisk(layer, SparseDisk.Mode.WRITE, ground);
        } catch (RuntimeException e) {
            WRITTEN.remove(key);
            throw e;
        }
    }

    /// The mode bits, not the kernel: root may write to anything.
    private static boolean isWritable(Path layer) {
        try {
            return Files.getPosixFilePermissions(layer)
                    .contains(java.nio.file.attribute.PosixFilePermission.OWNER_WRITE);
        } catch (IOException e) {
            throw HostFiles.failure("look at a layer of a disk", e);
        }
    }

    /// Makes a layer larger that nobody has open.
    public void grow(Path layer, ByteCount size) {
        Blocks blocks = read(layer);
        blocksOf(layer).write(new Blocks(size, blocks.below(), blocks.kind(), blocks.held()));
        try (RandomAccessFile file = new RandomAccessFile(layer.toFile(), "rw")) {
            file.setLength(size.bytes());
        } catch (IOException e) {
            throw HostFiles.failure("make a layer of a disk larger", e);
        }
    }

    @Override
    public boolean isBeingWritten(Path layer) {
        return WRITTEN.contains(layer.toAbsolutePath().normalize());
    }

    @Override
    public void fold(LayerFold fold) {
        if (!fold.children().isEmpty() && waiting(fold).isEmpty()) {
            return;
        }
        Blocks top = read(fold.top());
        Blocks base = read(fold.base());
        BitSet held = BitSet.valueOf(base.held());
        copy(fold.top(), fold.base());
        held.or(BitSet.valueOf(top.held()));
        blocksOf(fold.base()).write(new Blocks(top.size(), base.below(), base.kind(), held.toLongArray()));
        repoint(fold);
    }

    /// Brings what one layer holds into an empty one that stands on the same. Nobody may have either open.
    public void copyHeld(Path from, Path to) {
        copy(from, to);
        Blocks empty = read(to);
        blocksOf(to)
                .write(new Blocks(
                        empty.size(), empty.below(), empty.kind(), read(from).held()));
    }

    private void copy(Path from, Path to) {
        try (SparseDisk source = openWhileWritten(from);
                FileChannel target = FileChannel.open(to, StandardOpenOption.WRITE)) {
            for (Extent extent : source.allocatedIn(1)) {
                ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(extent.length()));
                source.read(extent.offset(), bytes);
                target.write(bytes.flip(), extent.offset());
            }
        } catch (IOException e) {
            throw HostFiles.failure("copy a layer of a disk", e);
        }
    }

    @Override
    public void repoint(LayerFold fold) {
        for (Path child : waiting(fold)) {
            Blocks blocks = read(child);
            blocksOf(child).write(new Blocks(blocks.size(), name(fold.base()), BelowKind.LAYER, blocks.held()));
        }
    }

    private static List<Path> waiting(LayerFold fold) {
        return fold.children().stream()
                .filter(child -> read(child).below().equals(name(fold.top())))
                .toList();
    }

    private static Blocks read(Path layer) {
        return blocksOf(layer).read().orElseThrow();
    }

    /// What is below is named by where it is.
    @Override
    public boolean areMovable(List<Path> chain) {
        return false;
    }

    @Override
    public void delete(Path layer) {
        HostFiles.delete(layer);
        blocksOf(layer).delete();
    }

    static void closed(Path layer) {
        WRITTEN.remove(layer.toAbsolutePath().normalize());
    }

    static StateFile<Blocks> blocksOf(Path layer) {
        return new StateFile<>(layer.resolveSibling(layer.getFileName() + BLOCKS), Blocks.class);
    }

    /// Runs of neighbouring blocks as extents that end with the disk.
    static List<Extent> extents(java.util.BitSet held, ByteCount size) {
        List<Extent> extents = new java.util.ArrayList<>();
        int from = held.nextSetBit(0);
        while (from >= 0) {
            int to = held.nextClearBit(from);
            long offset = (long) from * BLOCK_BYTES;
            extents.add(new Extent(offset, Math.min((long) to * BLOCK_BYTES, size.bytes()) - offset));
            from = held.nextSetBit(to);
        }
        return extents;
    }
}
