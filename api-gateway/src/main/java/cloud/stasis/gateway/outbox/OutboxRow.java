package cloud.stasis.gateway.outbox;

import cloud.stasis.messages.Command;
import cloud.stasis.messages.Envelope;

/// A command that waits to be sent.
///
/// @param number rows of one key are sent in the order of their numbers
/// @param topic where it goes
public record OutboxRow(long number, String topic, Envelope<Command> command) {
    String key() {
        return topic + "/" + command.payload().key();
    }
}
