package cloud.stasis.disks;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// A chain of [SparseLayers], open. Writes go to the top layer; which blocks it holds is written down by [#flush] and
/// [#close], so a killed process loses what it wrote since. Safe from several threads.
public final class SparseDisk implements LayerReader {
    enum Mode {
        READ,
        WRITE
    }

    /// One layer, or what all of them stand on.
    private interface Data extends AutoCloseable {
        /// @return how many bytes were read; negative at the end
        int read(ByteBuffer into, long offset) throws IOException;

        /// What it was opened for; others close what they gave us.
        @Override
        default void close() throws IOException {}

        static Data of(FileChannel channel) {
            return new OfFile(channel);
        }
    }

    private record OfFile(FileChannel channel) implements Data {
        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return channel.read(into, offset);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Elsewhere(ContentSource source) implements Data {
        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            long rest = source.size().bytes() - offset;
            if (rest <= 0) {
                return -1;
            }
            int length = (int) Math.min(rest, into.remaining());
            source.read(offset, into.slice(into.position(), length));
            into.position(into.position() + length);
            return length;
        }
    }

    private record Level(Data data, BitSet held) {}

    private final Path layer;
    private final Mode mode;
    private final SparseLayers.Blocks top;
    private final Optional<ContentSource> ground;
    private final List<Level> levels = new ArrayList<>();
    private boolean open = true;

    /// @param ground what the chain stands on instead of its raw file
    SparseDisk(Path layer, Mode mode, Optional<ContentSource> ground) {
        this.layer = layer;
        this.mode = mode;
        this.ground = ground;
        this.top = blocks(layer);
        try {
            openChain();
        } catch (IOException e) {
            closeFiles();
            throw HostFiles.failure("open a disk", e);
        }
    }

    private static SparseLayers.Blocks blocks(Path layer) {
        return SparseLayers.blocksOf(layer)
                .read()
                .orElseThrow(() -> new StasisException(ErrorCode.MISSING_OBJECT, "a layer of the disk is not there"));
    }

    private void openChain() throws IOException {
        Path file = layer;
        SparseLayers.Blocks blocks = top;
        levels.add(new Level(
                Data.of(
                        mode == Mode.WRITE
                                ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                                : FileChannel.open(file, StandardOpenOption.READ)),
                BitSet.valueOf(blocks.held())));
        while (blocks.kind() != SparseLayers.BelowKind.NOTHING) {
            file = Path.of(blocks.below().orElseThrow());
            BitSet held = new BitSet();
            if (blocks.kind() == SparseLayers.BelowKind.RAW) {
                held.set(0, (int) Math.ceilDiv(blocks.size().bytes(), SparseLayers.BLOCK_BYTES));
                levels.add(new Level(
                        ground.isPresent()
                                ? new Elsewhere(ground.get())
                                : Data.of(FileChannel.open(file, StandardOpenOption.READ)),
                        held));
                return;
            }
            blocks = blocks(file);
            levels.add(
                    new Level(Data.of(FileChannel.open(file, StandardOpenOption.READ)), BitSet.valueOf(blocks.held())));
        }
    }

    @Override
    public ByteCount size() {
        return top.size();
    }

    @Override
    public synchronized void read(long offset, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            int within = (int) (offset % SparseLayers.BLOCK_BYTES);
            int length = Math.min(SparseLayers.BLOCK_BYTES - within, into.remaining());
            readBlock(offset, into.slice(into.position(), length));
            into.position(into.position() + length);
            offset += length;
        }
    }

    private void readBlock(long offset, ByteBuffer piece) throws IOException {
        int block = (int) (offset / SparseLayers.BLOCK_BYTES);
        for (Level level : levels) {
            if (level.held().get(block)) {
                long at = offset;
                int read = level.data().read(piece, at);
                while (read >= 0 && piece.hasRemaining()) {
                    at += read;
                    read = level.data().read(piece, at);
                }
                break;
            }
        }
        while (piece.hasRemaining()) {
            piece.put((byte) 0);
        }
    }

    public synchronized void write(long offset, ByteBuffer bytes) throws IOException {
        Level into = levels.getFirst();
        while (bytes.hasRemaining()) {
            int block = (int) (offset / SparseLayers.BLOCK_BYTES);
            long start = (long) block * SparseLayers.BLOCK_BYTES;
            int length = (int) Math.min(start + SparseLayers.BLOCK_BYTES - offset, bytes.remaining());
            if (!into.held().get(block)) {
                int whole = (int) Math.min(SparseLayers.BLOCK_BYTES, size().bytes() - start);
                ByteBuffer below = ByteBuffer.allocate(whole);
                readBlock(start, below);
                writeTop(below.flip(), start);
                into.held().set(block);
            }
            writeTop(bytes.slice(bytes.position(), length), offset);
            bytes.position(bytes.position() + length);
            offset += length;
        }
    }

    private void writeTop(ByteBuffer bytes, long offset) throws IOException {
        if (!(levels.getFirst().data() instanceof OfFile top)) {
            throw new IllegalStateException("the top of a chain is a file");
        }
        top.channel().write(bytes, offset);
    }

    public synchronized void flush() {
        if (mode == Mode.WRITE) {
            long[] held = levels.getFirst().held().toLongArray();
            SparseLayers.blocksOf(layer).write(new SparseLayers.Blocks(top.size(), top.below(), top.kind(), held));
        }
    }

    @Override
    public synchronized List<Extent> allocatedIn(int layers) {
        BitSet held = new BitSet();
        levels.stream().limit(layers).forEach(level -> held.or(level.held()));
        return SparseLayers.extents(held, size());
    }

    @Override
    public List<Extent> data() {
        return allocatedIn(levels.size());
    }

    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        flush();
        closeFiles();
        if (mode == Mode.WRITE) {
            SparseLayers.closed(layer);
        }
    }

    private void closeFiles() {
        for (Level level : levels) {
            try {
                level.data().close();
            } catch (IOException e) {
                // It was read, or flushed above.
            }
        }
    }
}
