package cloud.stasis.bus;

import cloud.stasis.messages.Command;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.StasisException;

/// Carries commands out. Called on a thread of the worker's pool, for one command of a key at a time.
///
/// Must be repeatable: after a crash the same command is handed in again, with a higher
/// [CommandContext#attempt()], and whatever the first attempt left must not harm.
@FunctionalInterface
public interface CommandHandler<C extends Command> {
    /// @throws StasisException if it failed and what it had begun is undone
    CommandResult handle(C command, CommandContext context);
}
