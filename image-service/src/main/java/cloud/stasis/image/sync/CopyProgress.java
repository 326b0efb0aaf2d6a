package cloud.stasis.image.sync;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Phase;
import java.util.concurrent.atomic.AtomicLong;

/// How far the copies of one command are, told to who waits for it.
final class CopyProgress implements CopyWatch {
    private final CommandContext context;
    private final AtomicLong settled = new AtomicLong();
    private final AtomicLong travelled = new AtomicLong();
    private final AtomicLong blobs = new AtomicLong();
    private volatile ByteCount total = ByteCount.ZERO;

    CopyProgress(CommandContext context) {
        this.context = context;
    }

    /// @param bytes of all that is to be copied, as guests see them
    void begin(ByteCount bytes) {
        total = bytes;
        tell();
    }

    @Override
    public void settled(ByteCount bytes) {
        settled.addAndGet(bytes.bytes());
        tell();
    }

    @Override
    public void travelled(long more, ByteCount bytes) {
        blobs.addAndGet(more);
        travelled.addAndGet(bytes.bytes());
    }

    @Override
    public void checkCancelled() {
        context.checkCancelled();
    }

    long blobs() {
        return blobs.get();
    }

    ByteCount travelled() {
        return ByteCount.ofBytes(travelled.get());
    }

    private void tell() {
        // A part that repeats itself may be counted twice.
        long done = Math.min(settled.get(), total.bytes());
        context.progress(Phase.COPYING, ByteCount.ofBytes(done), total);
    }
}
