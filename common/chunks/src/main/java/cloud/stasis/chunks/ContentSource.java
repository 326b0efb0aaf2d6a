package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Bytes that can be read at any place: a disk over NBD, a file, a guest's memory. Safe from several threads at
/// once. What it holds does not change while it is read.
public interface ContentSource {
    ByteCount size();

    /// Fills `into` with the bytes from `offset` on: all of its remaining bytes, or it throws. The caller never
    /// asks for bytes beyond [#size].
    void read(long offset, ByteBuffer into) throws IOException;
}
