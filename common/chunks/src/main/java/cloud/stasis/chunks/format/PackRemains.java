package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What can still be read of a pack whose directory is damaged. Nothing in the directory is believed: a blob is
/// given if its bytes have the digest under which it is given.
///
/// ```
/// count     what the trailer says, or the one with which the lengths add up: whichever gives more
/// place     blobs stand back to back: behind all that come before, or before all that come behind; so one wrong
///           length harms the place of no other blob
/// digest    what the entry says, or else that of the bytes, if the entry is wrong in just that
/// ```
public final class PackRemains {
    private record Line(Digest digest, int plain, int stored, byte kind, byte encoding) {}

    private record Place(int offset, int length) {}

    private final byte[] pack;
    private final byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];

    private PackRemains(byte[] pack) {
        this.pack = pack;
    }

    /// The blobs that are whole, with their places.
    public static List<PackEntry> of(byte[] pack) {
        return new PackRemains(pack).entries();
    }

    private List<PackEntry> entries() {
        List<PackEntry> most = List.of();
        for (int count : counts()) {
            List<PackEntry> found = entries(count);
            most = found.size() > most.size() ? found : most;
        }
        return most;
    }

    private Set<Integer> counts() {
        Set<Integer> counts = new LinkedHashSet<>();
        if (pack.length < PackDirectory.FRAME_BYTES) {
            return counts;
        }
        int end = pack.length - Pack.TRAILER_BYTES;
        int most = Math.min(Pack.MAX_BLOBS, (end - Pack.HEADER_BYTES) / Pack.ENTRY_BYTES);
        int said = ByteBuffer.wrap(pack).getInt(end + Digest.LENGTH);
        if (said >= 1 && said <= most) {
            counts.add(said);
        }
        long stored = 0;
        for (int count = 1; count <= most; count++) {
            stored += line(end - count * Pack.ENTRY_BYTES).stored;
            if (Pack.HEADER_BYTES + stored + (long) count * Pack.ENTRY_BYTES == end) {
                counts.add(count);
            }
        }
        return counts;
    }

    private List<PackEntry> entries(int count) {
        int directory = pack.length - Pack.TRAILER_BYTES - count * Pack.ENTRY_BYTES;
        Line[] lines = new Line[count];
        long[] fromEnd = new long[count + 1];
        fromEnd[count] = directory;
        for (int at = count - 1; at >= 0; at--) {
            lines[at] = line(directory + at * Pack.ENTRY_BYTES);
            fromEnd[at] = fromEnd[at + 1] - lines[at].stored;
        }
        List<PackEntry> found = new ArrayList<>();
        long fromBegin = Pack.HEADER_BYTES;
        for (int at = 0; at < count; at++) {
            Set<Place> places = new LinkedHashSet<>();
            place(fromBegin, fromBegin + lines[at].stored, directory).ifPresent(places::add);
            place(fromEnd[at], fromEnd[at + 1], directory).ifPresent(places::add);
            place(fromBegin, fromEnd[at + 1], directory).ifPresent(places::add);
            whole(lines[at], places).ifPresent(found::add);
            fromBegin += lines[at].stored;
        }
        return found;
    }

    private static Optional<Place> place(long begin, long end, int directory) {
        boolean isInside = begin >= Pack.HEADER_BYTES && end <= directory && begin < end;
        return isInside && end - begin <= StoredBlob.MAX_PLAIN_BYTES
                ? Optional.of(new Place((int) begin, (int) (end - begin)))
                : Optional.empty();
    }

    private Line line(int at) {
        ByteBuffer bytes = ByteBuffer.wrap(pack, at, Pack.ENTRY_BYTES);
        return new Line(Digest.read(bytes), bytes.getInt(), bytes.getInt(), bytes.get(), bytes.get());
    }

    private Optional<PackEntry> whole(Line line, Set<Place> places) {
        for (Place place : places) {
            for (Encoding encoding : Encoding.values()) {
                Optional<PackEntry> entry = entry(line, place, encoding)
                        .filter(found -> found.digest().equals(line.digest));
                if (entry.isPresent()) {
                    return entry;
                }
            }
        }
        boolean isPlaceSure = places.size() == 1;
        return isPlaceSure && Arrays.stream(Encoding.values()).anyMatch(known -> known.code() == line.encoding)
                ? entry(line, places.iterator().next(), Encoding.of(line.encoding))
                : Optional.empty();
    }

    /// What stands in a place, under the digest that it has.
    private Optional<PackEntry> entry(Line line, Place place, Encoding encoding) {
        int length = encoding == Encoding.PLAIN ? place.length : line.plain;
        if (length < 1 || length > StoredBlob.MAX_PLAIN_BYTES || !encoding.allows(length, place.length)) {
            return Optional.empty();
        }
        if (!read(place, encoding, length) || StoredBlob.isZero(plain, 0, length)) {
            return Optional.empty();
        }
        Digest digest = Sha256.of(plain, 0, length);
        return Optional.of(new PackEntry(kind(line, length), encoding, digest, length, place.length, place.offset));
    }

    private boolean read(Place place, Encoding encoding, int length) {
        if (encoding == Encoding.PLAIN) {
            System.arraycopy(pack, place.offset, plain, 0, length);
            return true;
        }
        try {
            return Decompression.decompress(pack, place.offset, place.length, plain, 0, length) == length;
        } catch (ZstdException e) {
            return false;
        }
    }

    private BlobKind kind(Line line, int length) {
        if (line.kind == BlobKind.CHUNK.code()) {
            return BlobKind.CHUNK;
        }
        try {
            Node.decode(ByteBuffer.wrap(plain, 0, length));
            return BlobKind.NODE;
        } catch (StasisException e) {
            if (e.code() != ErrorCode.MALFORMED_OBJECT) {
                throw e;
            }
            return BlobKind.CHUNK;
        }
    }
}
