package cloud.stasis.disks;

import cloud.stasis.model.ByteCount;
import java.nio.file.Path;
import java.util.List;

/// How a layer is kept in a file.
///
/// Nothing here keeps state of its own: every question is answered by the files. Creation is not atomic;
/// whoever creates a layer writes down beforehand that he will, and removes or makes it anew after a crash.
public interface LayerFiles {
    /// What the names of layers end with, as `qcow2`.
    String suffix();

    /// Makes an empty layer. An unfinished or unused file of that name is replaced.
    ///
    /// @throws cloud.stasis.model.StasisException `NO_SPACE`
    void create(Path layer, ByteCount size, Backing backing);

    /// Opens a layer, and through it all that it stands on, for reading. Allowed while others read it too, but
    /// not while anyone writes it.
    ///
    /// @throws cloud.stasis.model.StasisException `WRONG_STATE` if someone has it open for writing
    LayerReader open(Path layer);

    /// Whether any process has the layer open for writing.
    boolean isBeingWritten(Path layer);

    /// Brings what `top` holds into `base`, so that the layers on top of `top` can stand on `base`, and lets them.
    /// What shows through those layers and through `top` is the same at every moment, also after a crash; what
    /// shows through `base` becomes what shows through `top`. Nobody may have any of them open. Repeatable.
    void fold(LayerFold fold);

    /// The second half of a fold: lets the children that still stand on `top` stand on `base`, which shows the
    /// same by now. Nobody may have those open. Repeatable.
    void repoint(LayerFold fold);

    /// Whether layers that stand on each other, and on a raw file, find what they stand on when all are in another
    /// directory.
    boolean areMovable(List<Path> chain);

    /// Removes the layer's file or files; succeeds if they are gone.
    void delete(Path layer);
}
