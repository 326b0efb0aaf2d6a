package cloud.stasis.gateway.state;

import cloud.stasis.model.StasisException;
import java.nio.file.Path;

/// Reads the whole database at one instant.
public interface DatabaseDump {
    /// Writes statements that make an empty database what this one is, into a new file.
    ///
    /// @throws StasisException `DATABASE_UNAVAILABLE`, `NO_SPACE`, `TIMED_OUT`
    void write(Path file);

    /// What the dump is written in, for whoever restores it.
    String format();
}
