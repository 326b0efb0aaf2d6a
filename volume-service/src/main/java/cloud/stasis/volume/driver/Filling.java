package cloud.stasis.volume.driver;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.file.Path;

/// A driver whose volumes can begin with a content of the store.
public interface Filling {
    /// Lets the volume hold `content` and zeros behind it: one that is made for it, or one that is there, whose
    /// snapshots stay. Repeatable; after a crash the volume holds what it did before, or the content.
    ///
    /// @param size of the volume, at least that of the content
    /// @throws StasisException `NO_SPACE`; `WRONG_STATE` while anything writes to it, or if it has another size
    void fill(VolumeId volume, ByteCount size, Content content, Download download);

    /// Fetches the content.
    @FunctionalInterface
    interface Download {
        /// Writes it to a sparse raw file, whole or not at all.
        void into(Path file);
    }
}
