package cloud.stasis.bus;

import cloud.stasis.messages.Command;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import java.util.Optional;

/// One command as the journal remembers it.
///
/// @param sequence order of acceptance on this worker
/// @param attempts how often it was begun
/// @param outcome how it ended, once it has
record JournalEntry(Envelope<Command> command, long sequence, int attempts, Optional<Fact.Answer> outcome) {
    JournalEntry begun() {
        return new JournalEntry(command, sequence, attempts + 1, outcome);
    }

    JournalEntry ended(Fact.Answer answer) {
        return new JournalEntry(command, sequence, attempts, Optional.of(answer));
    }
}
