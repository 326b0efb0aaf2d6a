package cloud.stasis.volume.driver.reflink;

import cloud.stasis.chunks.Extent;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.Program;
import cloud.stasis.disks.Reflink;
import cloud.stasis.model.ByteCount;
import cloud.stasis.volume.driver.home.Adoption.Claimed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/// What is done to the raw file of a volume or a snapshot.
record RawFile(Path path) {
    /// QEMU's user reads it below a layer.
    private static final String MODE = "rw-r--r--";

    private static final String DRAFT = ".draft";
    private static final int BLOCK_BYTES = 1 << 20;
    /// The largest volume at the rate of a slow disk.
    private static final Duration CONVERT_DEADLINE = Duration.ofHours(12);

    /// Makes it a file of zeros.
    void make(ByteCount size) {
        HostFiles.delete(path);
        resize(size);
    }

    /// Longer or shorter; what is added is zeros.
    void resize(ByteCount size) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size.bytes());
            file.getChannel().force(true);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(MODE));
        } catch (IOException e) {
            throw HostFiles.failure("size a volume", e);
        }
    }

    /// Shares the blocks of another one, with zeros up to the size behind them. A crash leaves the file that was
    /// there, or the copy.
    void copyOf(RawFile other, ByteCount size) {
        RawFile draft = draft();
        draft.shared(other, size);
        draft.replace(this);
    }

    /// As [#copyOf], with what is written in the layers of a reader in its place. Nothing is read but that.
    void copyOf(RawFile other, LayerReader layers, List<Extent> written) {
        RawFile draft = draft();
        draft.shared(other, layers.size());
        draft.take(layers, written);
        draft.replace(this);
    }

    /// Holds what a file does that was found: shares its blocks if it is raw, else it is read.
    void copyOf(Claimed found, ByteCount size) {
        switch (found.form()) {
            case RAW -> copyOf(new RawFile(found.file()), size);
            case QCOW2 -> {
                RawFile draft = draft();
                HostFiles.delete(draft.path);
                Program.run(
                        CONVERT_DEADLINE,
                        List.of(
                                "qemu-img",
                                "convert",
                                "-q",
                                "-f",
                                "qcow2",
                                "-O",
                                "raw",
                                found.file().toString(),
                                draft.path.toString()));
                draft.resize(size);
                draft.replace(this);
            }
        }
    }

    RawFile draft() {
        return new RawFile(path.resolveSibling(path.getFileName() + DRAFT));
    }

    private void shared(RawFile other, ByteCount size) {
        Reflink.copy(other.path, path, length(other.path));
        resize(size);
    }

    private static ByteCount length(Path file) {
        try {
            return ByteCount.ofBytes(Files.size(file));
        } catch (IOException e) {
            throw HostFiles.failure("look at a volume", e);
        }
    }

    void replace(RawFile former) {
        try {
            Files.move(path, former.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw HostFiles.failure("put a volume into its place", e);
        }
    }

    /// Brings what was written above it into the file. Repeatable, and what shows through the layers stays the same
    /// meanwhile.
    void take(LayerReader layers, List<Extent> written) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        ByteBuffer there = ByteBuffer.allocate(BLOCK_BYTES);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (Extent extent : written) {
                long end = Math.min(extent.end(), layers.size().bytes());
                for (long at = extent.offset(); at < end; at += BLOCK_BYTES) {
                    int length = (int) Math.min(BLOCK_BYTES, end - at);
                    layers.read(at, block.clear().limit(length));
                    // A hole that the guest left, or made, is not filled with zeros.
                    if (!block.flip().equals(read(file, at, there.clear().limit(length)))) {
                        write(file, at, block);
                    }
                }
            }
            file.force(true);
        } catch (IOException e) {
            throw HostFiles.failure("bring what was written to a volume into its file", e);
        }
    }

    private static ByteBuffer read(FileChannel file, long at, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (file.read(into, at + into.position()) < 0) {
                into.put(new byte[into.remaining()]);
            }
        }
        return into.flip();
    }

    private static void write(FileChannel file, long at, ByteBuffer block) throws IOException {
        while (block.hasRemaining()) {
            file.write(block, at + block.position());
        }
    }
}
