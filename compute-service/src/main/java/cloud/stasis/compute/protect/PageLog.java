package cloud.stasis.compute.protect;

import cloud.stasis.disks.HostFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Pages that were copied in a pause and are worked on afterwards. As many as an ordinary interval dirties are kept
/// in memory; more go through a file, so that the memory of this process has a bound whatever a guest does. For one
/// thread.
final class PageLog implements DirtyPages.Sink, AutoCloseable {
    /// 16 MiB: what a guest that writes 50 MB/s dirties in a third of a second.
    static final int IN_MEMORY = 4096;

    private static final int RECORD = Long.BYTES + Epochs.PAGE;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(IN_MEMORY * RECORD);
    private final Path overflow;
    private final FileChannel file;
    private long spilled;

    /// @param overflow a file of its own
    PageLog(Path overflow) {
        this.overflow = overflow;
        try {
            this.file = FileChannel.open(
                    overflow,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw HostFiles.failure("keep dirty memory", e);
        }
    }

    @Override
    public void page(long number, ByteBuffer bytes) throws IOException {
        if (memory.remaining() < RECORD) {
            spill();
        }
        memory.putLong(number).put(bytes);
    }

    private void spill() throws IOException {
        memory.flip();
        while (memory.hasRemaining()) {
            spilled += file.write(memory, spilled);
        }
        memory.clear();
    }

    interface Reader {
        void page(long number, byte[] bytes) throws IOException;
    }

    /// Tells all pages in order and is empty afterwards.
    void drain(Reader reader) throws IOException {
        byte[] page = new byte[Epochs.PAGE];
        if (spilled > 0) {
            spill();
            for (long at = 0; at < spilled; at += memory.position()) {
                memory.clear().limit((int) Math.min(memory.capacity(), spilled - at));
                while (memory.hasRemaining() && file.read(memory, at + memory.position()) >= 0) {
                    // Until it is full.
                }
                int length = memory.position();
                tell(memory.flip(), page, reader);
                memory.position(length);
            }
            file.truncate(0);
            spilled = 0;
        } else {
            tell(memory.flip(), page, reader);
        }
        memory.clear();
    }

    private static void tell(ByteBuffer records, byte[] page, Reader reader) throws IOException {
        while (records.hasRemaining()) {
            long number = records.getLong();
            records.get(page);
            reader.page(number, page);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw HostFiles.failure("keep dirty memory", e);
        }
        HostFiles.delete(overflow);
    }
}
