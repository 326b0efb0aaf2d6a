package cloud.stasis.gateway.outbox;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/// The rows that wait to be sent, as the relay takes them.
public interface OutboxQueue {
    /// In one transaction: takes the right to relay, which only one relay of all gateways has at a time and which
    /// ends with the transaction; hands the oldest rows to `send`; removes those whose numbers it returns. A
    /// crash in between leaves rows that were sent: they are sent again, which is the same command.
    Pass relay(Function<List<OutboxRow>, Collection<Long>> send);

    enum Pass {
        /// Nothing waits.
        EMPTY,
        /// Something was handed out; there may be more.
        WORKED,
        /// Another gateway relays at this moment.
        ELSEWHERE
    }
}
