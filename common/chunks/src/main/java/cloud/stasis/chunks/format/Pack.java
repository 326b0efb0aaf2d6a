package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.List;

/// Many blobs in one object, named by the digest of its directory, which names every blob in it. So naming a pack
/// costs next to nothing, and checking each blob against the directory checks the pack:
///
/// ```
/// "SPCK"  u8 version = 1  3 zero bytes                              header, 8 bytes
/// stored bytes of each blob, back to back                          in the order of the directory
/// { digest 32  u32 plain  u32 stored  u8 kind  u8 encoding  u16 0 } directory, 44 bytes an entry
/// SHA-256 of the directory 32  u32 count  "KCPS"                    trailer, 40 bytes; the first 32 are the name
/// ```
///
/// The array is the pack's own: nobody changes it.
public record Pack(Digest name, byte[] bytes) {
    /// A writer closes a pack that has this many bytes: large enough that an object store sees few puts, small
    /// enough that a few fit into memory.
    public static final int TARGET_BYTES = 8 * 1024 * 1024;

    /// No pack is larger.
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    /// No pack has more blobs: bounds what a pack can expand to (1 GiB) and what its directory needs in memory.
    public static final int MAX_BLOBS = 16 * 1024;

    static final int MAGIC = 0x5350434B;
    static final int END_MAGIC = 0x4B435053;
    static final byte VERSION = 1;
    static final int HEADER_BYTES = 8;
    static final int ENTRY_BYTES = 44;
    static final int TRAILER_BYTES = 40;

    /// Checks everything that can be checked of a pack that came from elsewhere: its name, its structure, and
    /// that each blob decodes, within its bounds, to what its digest names. Nodes must be nodes; chunks of
    /// zeros are refused.
    ///
    /// @throws StasisException `HASH_MISMATCH` or `MALFORMED_OBJECT`
    public List<PackEntry> verify() {
        if (bytes.length > MAX_BYTES) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack has at most " + MAX_BYTES + " bytes");
        }
        List<PackEntry> entries = entries();
        byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];
        for (PackEntry entry : entries) {
            verify(entry, plain);
        }
        return entries;
    }

    /// What is in it, by its directory, which must be the one that this pack is named by; the blobs are not looked
    /// at.
    ///
    /// @throws StasisException `HASH_MISMATCH` or `MALFORMED_OBJECT`
    public List<PackEntry> entries() {
        List<PackEntry> entries = PackDirectory.of(bytes);
        if (!PackDirectory.digest(bytes).equals(name)) {
            throw new StasisException(
                    ErrorCode.HASH_MISMATCH, "the bytes that came for pack " + name + " are not those it names");
        }
        return entries;
    }

    /// Checks one blob.
    ///
    /// @param plain room for the largest blob; overwritten
    /// @throws StasisException `HASH_MISMATCH` or `MALFORMED_OBJECT`
    public void verify(PackEntry entry, byte[] plain) {
        StoredBlob blob = blob(entry);
        int at = blob.decodeOrPoint(entry.digest(), plain);
        byte[] decoded = entry.encoding() == Encoding.PLAIN ? bytes : plain;
        switch (entry.kind()) {
            case NODE -> Node.decode(ByteBuffer.wrap(decoded, at, entry.plainLength()));
            case CHUNK -> {
                if (StoredBlob.isZero(decoded, at, entry.plainLength())) {
                    throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a chunk of zeros is never stored");
                }
            }
        }
    }

    /// The stored bytes of one of this pack's entries, unverified.
    public StoredBlob blob(PackEntry entry) {
        return new StoredBlob(entry.encoding(), entry.plainLength(), bytes, entry.offset(), entry.storedLength());
    }
}
