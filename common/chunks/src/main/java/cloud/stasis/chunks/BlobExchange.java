package cloud.stasis.chunks;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import java.util.BitSet;
import java.util.List;

/// Where blobs are put and fetched, whatever lies between: HTTP, memory, or the store itself. Every call is
/// repeatable, may be made from several threads at once, blocks, and has a deadline of its own.
public interface BlobExchange {
    /// The most digests that one call of [#missing] may name.
    int MAX_QUERY = 4096;

    /// The most digests that one call of [#fetch] may name; bounds an answer to 8 MiB.
    int MAX_FETCH = 128;

    /// Which of these the store does not have: the bit of each such place is set.
    BitSet missing(List<Digest> digests);

    /// Stores a pack. When it returns, every blob in it is durable.
    void put(Pack pack);

    /// Makes sure that everything under this content is there and stays until the caller's bundle is sealed or
    /// dropped, or for hours after the caller was heard of last: for who builds on it without asking for each of
    /// its blobs, and for who reads what nothing names.
    ///
    /// @throws cloud.stasis.model.StasisException `MISSING_OBJECT` if anything is not there
    void hold(Content content);

    /// The stored bytes of these blobs, in the order asked, **not verified**: whoever called decodes them
    /// against the digests.
    ///
    /// @throws cloud.stasis.model.StasisException `MISSING_OBJECT` if any of them is not there
    List<StoredBlob> fetch(List<Digest> digests);

    /// Says that the bytes which came for a blob were not those that it names. The store believes nothing: it reads
    /// the blob itself, soon, and calls it missing if it is damaged. No answer is given, and none may be needed.
    default void suspect(Digest digest) {}
}
