package cloud.stasis.volume.inbox;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Phase;

/// A command that nobody follows or cancels.
enum CommandAlone implements CommandContext {
    INSTANCE;

    private static final CommandId ID = CommandId.random();

    @Override
    public CommandId id() {
        return ID;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public void progress(Phase phase, ByteCount done, ByteCount total) {}

    @Override
    public boolean isCancelled() {
        return false;
    }
}
