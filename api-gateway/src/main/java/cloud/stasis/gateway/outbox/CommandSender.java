package cloud.stasis.gateway.outbox;

import java.util.Collection;
import java.util.List;

/// The broker, as the relay sees it.
public interface CommandSender {
    /// Sends all rows, side by side, and waits until the broker has acknowledged each durably or a deadline has
    /// passed.
    ///
    /// @param rows no two of one key
    /// @return numbers of the rows that were acknowledged
    Collection<Long> send(List<OutboxRow> rows);
}
