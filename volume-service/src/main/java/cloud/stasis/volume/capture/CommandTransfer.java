package cloud.stasis.volume.capture;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Phase;

/// Tells the progress of a command that moves bytes, and ends it when it is cancelled.
public record CommandTransfer(CommandContext context, Phase phase) implements TransferListener {
    CommandTransfer(CommandContext context) {
        this(context, Phase.UPLOADING);
    }

    @Override
    public void progressed(ByteCount done, ByteCount total) {
        context.progress(phase, done, total);
    }

    @Override
    public void checkCancelled() {
        context.checkCancelled();
    }
}
