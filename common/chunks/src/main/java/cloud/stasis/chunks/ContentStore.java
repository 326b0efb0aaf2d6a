package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// A store of content as its clients see it: bytes in, a [Content] out, and the same bytes back.
///
/// Everything read is verified against the digests that name it, whoever sent it. Uploaded content is durable
/// when `upload` returns, but nobody keeps it: it must be named by a manifest that is sealed, or it is
/// collected some day.
///
/// All methods may be called from several threads at once, block, and throw `StasisException`:
/// `STORE_UNAVAILABLE` when the store cannot be reached or does not answer in time, `NO_SPACE`,
/// `ACCESS_DENIED`, `MISSING_OBJECT` when the store lacks what a digest names, `HASH_MISMATCH` and
/// `MALFORMED_OBJECT` when it lies.
public interface ContentStore {
    /// Stores content equal to `base`, except where `changed` says. Only the changed extents, rounded out to
    /// whole leaves ([TreeShape#LEAF_BYTES]), are read from the source; whatever else the source holds is never
    /// looked at. The base must be whole in the store, else it is `MISSING_OBJECT`; `IndexId.ZERO` stands for a
    /// base of nothing but zeros.
    ///
    /// The sizes may differ. What grew and is not in `changed` is zeros; a last leaf that is partly filled on
    /// either side is read from the source as if it had changed.
    UploadResult upload(ContentSource source, Content base, List<Extent> changed, TransferListener listener);

    /// Writes the content to a sparse raw file. Each chunk is verified; the file appears under its name only
    /// when it is whole and durable. A crash may leave a file beside it, named like it with a `.part` suffix;
    /// the next attempt replaces both.
    void download(Content content, Path file, TransferListener listener);

    /// Fills `into` with the verified bytes from `offset` on. The range must lie within the content.
    void read(Content content, long offset, ByteBuffer into);

    /// The whole content, for things known to be small.
    ///
    /// @throws cloud.stasis.model.StasisException `MALFORMED_OBJECT` if it is larger than `limit`
    byte[] small(Content content, ByteCount limit);

    /// Keeps a content that nothing may name any more, for who reads it for long. Ends when nothing was heard of the
    /// caller for hours, and may end when the store is started anew: to be repeated every few minutes.
    ///
    /// @throws cloud.stasis.model.StasisException `MISSING_OBJECT` if not all of it is there
    void hold(Content content);
}
