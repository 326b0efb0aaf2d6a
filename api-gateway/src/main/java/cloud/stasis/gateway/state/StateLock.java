package cloud.stasis.gateway.state;

import java.util.Optional;

/// Held by the one gateway that dumps the database; free again when its process dies.
public interface StateLock {
    /// @return empty if somebody else has it
    Optional<Held> tryTake();

    interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
