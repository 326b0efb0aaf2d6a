package cloud.stasis.disks;

import java.nio.file.Path;
import java.util.List;

/// Two layers that become one: what stands on `top` stands on `base` afterwards, and `top` is to go.
///
/// @param children stand on `top`; none if it is the last of its branch
/// @param top nothing but the children stands on it
/// @param base nothing else stands on it, and nobody needs what shows through it
public record LayerFold(List<Path> children, Path top, Path base, Place place) {
    public LayerFold {
        children = List.copyOf(children);
    }

    /// Who has the layers open while a guest runs on the disk.
    public enum Place {
        /// The guest: both lie below the active layer.
        IN_CHAIN,
        /// The guest, which writes to `top`.
        ACTIVE,
        /// Nobody: only a snapshot shows them.
        ASIDE
    }
}
