package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;

/// One line of a pack's directory.
///
/// @param offset of the stored bytes from the beginning of the pack
public record PackEntry(
        BlobKind kind, Encoding encoding, Digest digest, int plainLength, int storedLength, int offset) {}
