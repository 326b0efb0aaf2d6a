package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The list at the end of a pack that says what is in it. A service that starts reads the end of each pack and
/// no more.
public final class PackDirectory {
    /// Reading this much of the end of a pack always gives the whole of most directories.
    public static final int TAIL_BYTES = 32 * 1024;

    /// What one entry takes.
    public static final int ENTRY_BYTES = Pack.ENTRY_BYTES;

    /// What a pack takes beside its blobs and their entries.
    public static final int FRAME_BYTES = Pack.HEADER_BYTES + Pack.TRAILER_BYTES;

    private PackDirectory() {}

    /// How many bytes at the end of a pack its directory and trailer take, told from the last [#trailerBytes]
    /// of it.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if these are not the last bytes of a pack
    public static int tailLength(ByteBuffer trailer) {
        if (trailer.remaining() != Pack.TRAILER_BYTES) {
            throw malformed("it is too short");
        }
        int count = trailer.getInt(trailer.position() + Digest.LENGTH);
        int magic = trailer.getInt(trailer.position() + Digest.LENGTH + Integer.BYTES);
        if (magic != Pack.END_MAGIC || count < 1 || count > Pack.MAX_BLOBS) {
            throw malformed("its trailer is not that of a pack");
        }
        return count * Pack.ENTRY_BYTES + Pack.TRAILER_BYTES;
    }

    public static int trailerBytes() {
        return Pack.TRAILER_BYTES;
    }

    /// Reads the directory of a pack that is `packLength` bytes long from its last bytes: exactly [#tailLength]
    /// of them. The directory is checked against its digest; the blobs are not.
    public static List<PackEntry> parse(ByteBuffer tail, long packLength) {
        int directoryLength = tail.remaining() - Pack.TRAILER_BYTES;
        byte[] directory = new byte[directoryLength];
        tail.get(directory);
        if (!Sha256.of(directory).equals(Digest.read(tail))) {
            throw malformed("its directory does not have the digest that the trailer names");
        }
        ByteBuffer lines = ByteBuffer.wrap(directory);
        List<PackEntry> entries = new ArrayList<>(directoryLength / Pack.ENTRY_BYTES);
        int offset = Pack.HEADER_BYTES;
        while (lines.hasRemaining()) {
            PackEntry entry = entry(lines, offset);
            entries.add(entry);
            offset = Math.addExact(offset, entry.storedLength());
        }
        if (offset + (long) directoryLength + Pack.TRAILER_BYTES != packLength) {
            throw malformed("its blobs do not fill it");
        }
        return entries;
    }

    /// The digest of the directory as the trailer has it: the name of the pack.
    static Digest digest(byte[] pack) {
        return Digest.read(ByteBuffer.wrap(pack, pack.length - Pack.TRAILER_BYTES, Digest.LENGTH));
    }

    static List<PackEntry> of(byte[] pack) {
        if (pack.length < Pack.HEADER_BYTES + Pack.TRAILER_BYTES) {
            throw malformed("it is too short");
        }
        ByteBuffer bytes = ByteBuffer.wrap(pack);
        if (bytes.getInt() != Pack.MAGIC || bytes.getInt() != Pack.VERSION << 24) {
            throw malformed("its header is not that of a pack");
        }
        int tail = tailLength(bytes.slice(pack.length - Pack.TRAILER_BYTES, Pack.TRAILER_BYTES));
        if (tail > pack.length - Pack.HEADER_BYTES) {
            throw malformed("its directory does not fit into it");
        }
        return parse(bytes.slice(pack.length - tail, tail), pack.length);
    }

    /// Returns the digest of what it wrote.
    static Digest write(ByteBuffer into, List<PackEntry> entries) {
        int start = into.position();
        for (PackEntry entry : entries) {
            entry.digest().write(into);
            into.putInt(entry.plainLength()).putInt(entry.storedLength());
            into.put(entry.kind().code()).put(entry.encoding().code()).putShort((short) 0);
        }
        Digest digest = Sha256.of(into.array(), start, into.position() - start);
        digest.write(into);
        into.putInt(entries.size()).putInt(Pack.END_MAGIC);
        return digest;
    }

    private static PackEntry entry(ByteBuffer lines, int offset) {
        Digest digest = Digest.read(lines);
        int plain = lines.getInt();
        int stored = lines.getInt();
        BlobKind kind = BlobKind.of(lines.get());
        Encoding encoding = Encoding.of(lines.get());
        if (lines.getShort() != 0 || digest.isZero() || !kind.allows(plain) || !encoding.allows(plain, stored)) {
            throw malformed("an entry of its directory is out of bounds");
        }
        return new PackEntry(kind, encoding, digest, plain, stored, offset);
    }

    private static StasisException malformed(String why) {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack is not valid: " + why);
    }
}
