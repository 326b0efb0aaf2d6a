package cloud.stasis.disks;

import java.nio.file.Path;

/// Three layers that stand on each other, of which the middle one is to go.
///
/// @param child stands on `top`, and on `base` afterwards
/// @param top nothing else stands on it
/// @param base nothing else stands on it, and nobody needs what shows through it
public record LayerFold(Path child, Path top, Path base) {}
