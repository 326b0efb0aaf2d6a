package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.SourceName;
import java.util.Optional;

/// A disk in the directory of a storage backend that is no volume of this cloud.
///
/// @param size of the disk in it
/// @param obstacle why it cannot become one
public record LooseFile(SourceName name, ByteCount size, Optional<String> obstacle) {
    /// More are not told: they travel with every heartbeat.
    public static final int MAX_TOLD = 100;
}
