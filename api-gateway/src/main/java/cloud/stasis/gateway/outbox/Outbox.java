package cloud.stasis.gateway.outbox;

import cloud.stasis.messages.Command;
import cloud.stasis.model.CommandId;

/// Sends commands as part of the caller's transaction: if that commits, the command is delivered at least once,
/// in order per key; if not, it never existed.
public interface Outbox {
    /// Must be called within a transaction.
    ///
    /// @param topic see [cloud.stasis.messages.Topics]
    /// @param id of the command; sending an id again is allowed and is the same command
    /// @param requestId of the API request that caused it, or empty
    void send(String topic, CommandId id, Command command, String requestId);

    /// The topic of the store that holds this deployment's images.
    String imageTopic();
}
