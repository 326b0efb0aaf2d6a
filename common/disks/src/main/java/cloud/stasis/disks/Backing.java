package cloud.stasis.disks;

import java.nio.file.Path;

/// What shows through where a layer holds nothing of its own.
public sealed interface Backing {
    /// Zeros.
    record Nothing() implements Backing {}

    /// A raw file, shared and never written. It may be smaller than the layer; zeros follow. It may still be on its way
    /// when the layer is made, but nobody can read the layer before it has come.
    record Raw(Path file) implements Backing {}

    /// Another layer, which is frozen from now on.
    record Layer(Path file) implements Backing {}
}
