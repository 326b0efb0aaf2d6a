package cloud.stasis.chunks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// A range of bytes; need not be aligned to anything.
public record Extent(long offset, long length) {
    public Extent {
        if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "an extent cannot begin or end outside of the content");
        }
    }

    /// The first byte that is no longer in it.
    public long end() {
        return offset + length;
    }
}
