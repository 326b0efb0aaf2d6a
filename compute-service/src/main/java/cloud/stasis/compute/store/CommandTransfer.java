package cloud.stasis.compute.store;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Phase;

/// Tells a command's progress over several transfers, and ends them when the command is cancelled or the host
/// runs out of space: guests that run need the rest of it.
public final class CommandTransfer implements TransferListener {
    private final CommandContext context;
    private final Phase phase;
    private final FreeSpace space;
    private final ByteCount total;
    private ByteCount before = ByteCount.ZERO;
    private ByteCount current = ByteCount.ZERO;

    /// @param total of all transfers, as far as it is known
    public CommandTransfer(CommandContext context, Phase phase, ByteCount total, FreeSpace space) {
        this.context = context;
        this.phase = phase;
        this.total = total;
        this.space = space;
        context.progress(phase, ByteCount.ZERO, total);
    }

    /// The next transfer begins.
    public TransferListener next() {
        before = before.plus(current);
        current = ByteCount.ZERO;
        return this;
    }

    @Override
    public void progressed(ByteCount done, ByteCount ofThis) {
        current = done;
        ByteCount all = before.plus(done);
        context.progress(phase, all, all.compareTo(total) > 0 ? all : total);
    }

    @Override
    public void checkCancelled() {
        context.checkCancelled();
        space.requireReserve();
    }
}
