package cloud.stasis.gateway.bus;

import java.util.UUID;

/// Which messages were taken. Kept for longer than the broker keeps a record that may come again.
public interface ConsumedMessages {
    /// Marks a message as taken by this transaction.
    ///
    /// @return false if it was taken before
    boolean mark(UUID message);
}
