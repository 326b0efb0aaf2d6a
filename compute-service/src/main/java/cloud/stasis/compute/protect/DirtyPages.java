package cloud.stasis.compute.protect;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Which pages of the RAM of a machine changed since they were looked at last.
interface DirtyPages extends AutoCloseable {
    interface Sink {
        /// @param bytes of the page, all that remain; valid during the call
        void page(long number, ByteBuffer bytes) throws IOException;
    }

    /// Tells each page that was written since it was told, at least; of one that was never told, that is anything
    /// but zeros. While the guest runs what is told may be of different moments, and is told again.
    ///
    /// @param former what was told last, to compare with; it is not changed
    void collect(Former former, Sink sink);

    /// How they are found, for people.
    String way();

    @Override
    void close();
}
