package cloud.stasis.compute.protect;

import cloud.stasis.model.IndexId;
import java.nio.ByteBuffer;

/// The way from a source to its standby. Each call blocks, has a deadline of its own, and may be repeated.
///
/// All throw `STANDBY_UNAVAILABLE` if nobody answers, and what the standby says otherwise.
interface StandbyLink {
    StandbyState state();

    /// @param piece of an epoch of `total` bytes, at most [Standby#MAX_PIECE]
    StandbyState send(long epoch, long offset, long total, ByteBuffer piece);

    /// How much the standby has of a content; all of it if it needs none.
    long hasOf(IndexId content, long total);

    /// @param piece of a content of `total` bytes
    void send(IndexId content, long offset, long total, ByteBuffer piece);
}
