package cloud.stasis.bus;

import cloud.stasis.messages.Fact;
import cloud.stasis.model.StasisException;

/// Tells facts to the gateway.
@FunctionalInterface
public interface FactPublisher {
    /// Returns once the bus has the fact durably.
    ///
    /// @param requestId of the API request that caused it, or empty
    /// @throws StasisException `BUS_UNAVAILABLE` if that did not happen within the publisher's deadline
    void publish(Fact fact, String requestId);

    /// Tells news, after which other news come: it does not wait for the bus, and it is no error if the bus does not
    /// take them. What one thread tells and publishes of one key arrives in that order.
    default void tell(Fact fact, String requestId) {
        try {
            publish(fact, requestId);
        } catch (StasisException e) {
            // The next ones will do.
        }
    }
}
