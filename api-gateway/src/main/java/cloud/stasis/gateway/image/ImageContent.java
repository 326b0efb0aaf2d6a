package cloud.stasis.gateway.image;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Part;
import java.util.List;
import java.util.Optional;

/// What an image has in the store.
///
/// @param size of the file that a download gives
/// @param virtualSize of the disk in it, if it is one
/// @param checksums not known for a while after a capture
public record ImageContent(
        ByteCount size, Optional<ByteCount> virtualSize, Optional<Checksums> checksums, List<Part> parts) {
    public ImageContent {
        parts = List.copyOf(parts);
    }

    public ImageContent with(Checksums known) {
        return new ImageContent(size, virtualSize, Optional.of(known), parts);
    }
}
