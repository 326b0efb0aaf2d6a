package cloud.stasis.compute.protect;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.protect.Epochs.How;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.model.DeviceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// RAM and disks of a standby in files, and how an epoch comes into them. What is applied is absolute, so that it
/// may be applied again after a crash anywhere in it. What the files hold while an epoch is applied is of no
/// instant.
///
/// @param directory of the disks and of what is small
/// @param ram the file of the RAM, which may be on another file system
record Replica(Path directory, Path ram) {
    private static final byte[] ZERO_PAGE = new byte[Epochs.PAGE];
    private static final ByteBuffer ZERO_PIECE = ByteBuffer.allocate(Epochs.MAX_PIECE);
    private static final String MACHINE = "machine.json";
    private static final String STATE = "devices.state";

    Path disk(DeviceName target) {
        return directory.resolve(target.value() + ".raw");
    }

    Path machine() {
        return directory.resolve(MACHINE);
    }

    Path state() {
        return directory.resolve(STATE);
    }

    /// Fills `into` with the bytes of a page.
    static void read(FileChannel ram, long page, ByteBuffer into) throws IOException {
        long at = page * Epochs.PAGE;
        while (into.hasRemaining()) {
            if (ram.read(into, at + into.position()) < 0) {
                into.put(ZERO_PAGE, 0, into.remaining());
            }
        }
    }

    /// Repeatable.
    void apply(Path redo) {
        try (EpochReader reader = EpochReader.open(redo);
                Opened files = new Opened(reader.header())) {
            reader.read(files);
        } catch (UncheckedIOException e) {
            throw HostFiles.failure("apply an epoch", Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw HostFiles.failure("apply an epoch", e);
        }
    }

    /// When it returns all that was applied survives a power cut.
    void force(EpochHeader last) {
        HostFiles.sync(ram);
        last.disks().forEach(disk -> HostFiles.sync(disk(disk.target())));
        HostFiles.sync(state());
        HostFiles.sync(machine());
    }

    void delete() {
        HostFiles.delete(ram);
        HostFiles.deleteTree(directory);
    }

    private final class Opened implements EpochReader.Visitor, AutoCloseable {
        private final List<FileChannel> opened = new ArrayList<>();
        private final FileChannel memory;
        private final List<DeviceName> targets = new ArrayList<>();
        private final List<FileChannel> disks = new ArrayList<>();
        private final FileChannel devices;

        Opened(EpochHeader header) throws IOException {
            try {
                memory = open(ram, header.pages());
                size(memory, header.ram().bytes());
                for (EpochHeader.Disk disk : header.disks()) {
                    FileChannel channel = open(disk(disk.target()), disk.parts());
                    targets.add(disk.target());
                    disks.add(channel);
                    size(channel, disk.size().bytes());
                }
                devices = open(Replica.this.state(), EpochHeader.Extent.WHOLE);
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        /// What is whole begins with nothing.
        private FileChannel open(Path file, EpochHeader.Extent extent) throws IOException {
            FileChannel channel = FileChannel.open(
                    file,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.SPARSE);
            opened.add(channel);
            if (extent == EpochHeader.Extent.WHOLE) {
                channel.truncate(0);
            }
            return channel;
        }

        private static void size(FileChannel channel, long size) throws IOException {
            channel.truncate(size);
            if (channel.size() < size) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        }

        @Override
        public void machine(byte[] archive) {
            try {
                Files.write(Replica.this.machine(), archive);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void state(ByteBuffer piece) {
            try {
                write(devices, piece, devices.size());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void zeroPage(long page) {
            write(memory, ByteBuffer.wrap(ZERO_PAGE), page * Epochs.PAGE);
        }

        @Override
        public void page(long page, How how, byte[] bytes, int at) {
            if (how != How.OWN) {
                throw Epochs.malformed("a redo file names a difference");
            }
            write(memory, ByteBuffer.wrap(bytes, at, Epochs.PAGE), page * Epochs.PAGE);
        }

        @Override
        public void data(int disk, long offset, ByteBuffer bytes) {
            write(disks.get(disk), bytes, offset);
        }

        @Override
        public void zeros(int disk, Extent extent) {
            try {
                if (SparseFile.punch(disk(targets.get(disk)), extent)) {
                    return;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            for (long at = extent.offset(); at < extent.end(); at += Epochs.MAX_PIECE) {
                int length = (int) Math.min(Epochs.MAX_PIECE, extent.end() - at);
                write(disks.get(disk), ZERO_PIECE.slice(0, length), at);
            }
        }

        private static void write(FileChannel channel, ByteBuffer bytes, long at) {
            try {
                long next = at;
                while (bytes.hasRemaining()) {
                    next += channel.write(bytes, next);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            for (FileChannel channel : opened) {
                channel.close();
            }
        }
    }
}
