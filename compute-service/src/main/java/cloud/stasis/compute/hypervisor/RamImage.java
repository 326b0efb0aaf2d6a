package cloud.stasis.compute.hypervisor;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.Reflink;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.machine.RamFooter;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A memory file that begins with the guest's RAM as it is, so that it can share its blocks with the RAM of a
/// running guest and with earlier and later ones. It is known by its end, the [RamFooter], which is written last: a
/// part of one is not one.
///
/// @param ram so many bytes of RAM at the beginning
/// @param state so many bytes of device state behind it
public record RamImage(Path file, ByteCount ram, ByteCount state) {
    public static boolean isOne(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return RamFooter.isOne(footer(channel));
        } catch (IOException e) {
            throw HostFiles.failure("look at a memory file", e);
        }
    }

    /// @throws StasisException `MALFORMED_OBJECT` if its parts do not add up to the file
    public static RamImage open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteCount size = ByteCount.ofBytes(channel.size());
            RamFooter footer = RamFooter.of(footer(channel), size).orElseThrow(RamImage::damaged);
            return new RamImage(file, footer.ram(), footer.state());
        } catch (IOException e) {
            throw HostFiles.failure("look at a memory file", e);
        }
    }

    private static ByteBuffer footer(FileChannel channel) throws IOException {
        ByteBuffer footer = ByteBuffer.allocate(RamFooter.BYTES);
        long start = channel.size() - RamFooter.BYTES;
        if (start < 0) {
            return footer.flip();
        }
        while (footer.hasRemaining() && channel.read(footer, start + footer.position()) >= 0) {
            // Until it is full.
        }
        return footer.flip();
    }

    private static StasisException damaged() {
        return new StasisException(
                ErrorCode.MALFORMED_OBJECT, "a memory file is damaged: its parts do not add up to its length");
    }

    /// Makes a memory file of the RAM of a guest that does not run.
    public static RamImage write(Path file, Path ram, ByteCount size, ByteBuffer state) {
        Reflink.copy(ram, file, size);
        return finish(file, size, state);
    }

    /// Makes a memory file of what is the RAM of a guest already.
    public static RamImage finish(Path file, ByteCount size, ByteBuffer state) {
        ByteCount stateBytes = ByteCount.ofBytes(state.remaining());
        ByteBuffer footer = new RamFooter(size, stateBytes).encode();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long at = size.bytes();
            while (state.hasRemaining()) {
                at += channel.write(state, at);
            }
            while (footer.hasRemaining()) {
                at += channel.write(footer, at);
            }
        } catch (IOException e) {
            throw HostFiles.failure("write a memory file", e);
        }
        return new RamImage(file, size, stateBytes);
    }

    /// Makes the RAM of a guest that is to go on from here.
    public void copyRam(Path into) {
        Reflink.copy(file, into, ram);
    }

    /// Puts the RAM where a guest has it already, which is zeros.
    public void fill(Path shared) {
        try (FileChannel to = FileChannel.open(shared, StandardOpenOption.WRITE)) {
            SparseFile.copy(file, to, ram.bytes());
        } catch (IOException e) {
            throw HostFiles.failure("give the instance its memory", e);
        }
    }

    public ByteBuffer readState() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(state.bytes()));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && channel.read(bytes, ram.bytes() + bytes.position()) >= 0) {
                // Until it is full.
            }
            return bytes.flip();
        } catch (IOException e) {
            throw HostFiles.failure("read a memory file", e);
        }
    }
}
