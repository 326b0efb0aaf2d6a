package cloud.stasis.gateway.saga;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorReport;

/// What can happen to a saga.
public sealed interface Input {
    record Done(CommandId command, CommandResult result) implements Input {}

    record Failed(CommandId command, ErrorReport error) implements Input {}

    /// Nothing was heard for longer than the runner's patience, or the time to ask again has come.
    record Silence() implements Input {}

    /// Somebody asks it to turn back.
    record CancelAsked() implements Input {}

    /// An operator asks a stuck saga to try again.
    record AskedAgain() implements Input {}
}
