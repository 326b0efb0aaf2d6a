package cloud.stasis.bus;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;

/// What a handler may know of the command it carries out, and tell about it. Safe on any thread.
public interface CommandContext {
    CommandId id();

    /// 1 the first time, more after a crash.
    int attempt();

    /// Tells how far it is. May be called as often as one likes: at most one a second is published, besides
    /// each change of phase.
    void progress(Phase phase, ByteCount done, ByteCount total);

    boolean isCancelled();

    /// @throws StasisException `CANCELLED` if somebody asked for that; called between steps that can be undone
    default void checkCancelled() {
        if (isCancelled()) {
            throw new StasisException(ErrorCode.CANCELLED, "cancelled on request");
        }
    }

    /// Has something done at the end, before another command of the same keys begins, for which whoever waits for the
    /// outcome need not wait. A crash may come first, so what a process finds undone at its start it does then.
    default void afterwards(Runnable work) {
        work.run();
    }
}
