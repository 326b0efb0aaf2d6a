package cloud.stasis.image.vmdk;

import static cloud.stasis.image.vmdk.VmdkHeader.SECTOR;
import static cloud.stasis.image.vmdk.VmdkHeader.hostile;
import static cloud.stasis.image.vmdk.VmdkHeader.require;

import cloud.stasis.chunks.ContentSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The compressed grains of a stream-optimized file, read from left to right, each once.
///
/// ```
///    grain: place on the disk (8), length (4), zlib stream; filled up to a sector
/// metadata: sectors that follow (8), 0 (4), kind (4); a sector of its own, and what follows
///      end: a sector of zeros
/// ```
/// The tables say where the next grain is; everything before it is walked through as well, so that a grain which no
/// table names is found. Since grains come in the order of the disk, none is read twice and they cannot lie on each
/// other: what all of them expand to is bounded by what the file holds, since deflate makes no more than about
/// 1,000 bytes of one.
final class VmdkStream implements AutoCloseable {
    private static final int END = 0;

    /// Undocumented: vSphere sends it so that nobody falls asleep.
    private static final int PROGRESS = 4;

    private static final int MARKER_BYTES = 16;

    /// Of the marker of a grain.
    private static final int GRAIN_MARKER_BYTES = 12;

    /// Of what does not compress, deflate makes little more than it was.
    private static final int MAX_GROWTH = 2;

    private final VmdkHeader header;
    private final long fileBytes;
    private final ReadAhead file;
    private final Inflater inflater = new Inflater();
    private final byte[] grain;

    /// The sector behind the last grain.
    private long at;

    VmdkStream(VmdkHeader header, ContentSource file) {
        this.header = header;
        this.fileBytes = file.size().bytes();
        this.file = new ReadAhead(file);
        this.grain = new byte[header.grainBytes()];
        this.at = header.data();
    }

    /// Expands grain `number`, which begins at the sector `place`, into an array that is used again.
    ///
    /// @param least bytes of it that the disk has: the last grain may be short
    byte[] grain(long number, long place, int least) throws IOException {
        walkTo(place);
        ByteBuffer marker = marker();
        require(marker.getLong(0) == number * header.grain(), "a grain is not the one that its table says");
        int length = marker.getInt(8);
        long begin = at * SECTOR + GRAIN_MARKER_BYTES;
        require(
                length > 0 && length <= MAX_GROWTH * grain.length && begin + length <= fileBytes,
                "a grain is cut off, or larger than a grain can be");
        byte[] bytes = new byte[length];
        file.read(begin, bytes);
        expand(bytes, least);
        at += Math.ceilDiv(GRAIN_MARKER_BYTES + length, SECTOR);
        return grain;
    }

    /// Walks to the end of the file.
    void finish() throws IOException {
        long end = fileBytes / SECTOR;
        // The last grain may not be filled up.
        if (at < end) {
            walkTo(end);
        }
    }

    /// Passes what is no grain. More zeros than a grain has are no filling.
    private void walkTo(long place) throws IOException {
        require(place >= at, "its grains are not in the order of the disk");
        int zeros = 0;
        while (at < place) {
            ByteBuffer marker = marker();
            long follows = marker.getLong(0);
            int kind = marker.getInt(12);
            require(marker.getInt(8) == 0, "it has a grain that no table names");
            require(kind >= END && kind <= PROGRESS, "it has a marker that is not known here");
            require(
                    kind == END || kind == PROGRESS ? follows == 0 : follows > 0 && follows < place - at,
                    "a marker of it is out of bounds");
            if (kind == END) {
                zeros++;
                require(zeros <= header.grain(), "it has a hole between its grains");
            }
            at += 1 + follows;
        }
    }

    private ByteBuffer marker() throws IOException {
        byte[] bytes = new byte[MARKER_BYTES];
        require(at * SECTOR <= fileBytes - bytes.length, "it is cut off");
        file.read(at * SECTOR, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void expand(byte[] bytes, int least) {
        inflater.reset();
        inflater.setInput(bytes);
        try {
            int count = inflate(grain);
            require(count >= least, "a grain has less than its disk");
            // The checksum comes behind the last byte, and after a whole grain nothing else may.
            require(
                    inflate(new byte[1]) == 0 && inflater.finished(),
                    "a grain has more than a grain has, or is cut off");
        } catch (DataFormatException e) {
            throw hostile("a grain does not decompress");
        }
    }

    /// As much as there is room for.
    private int inflate(byte[] into) throws DataFormatException {
        int done = 0;
        while (done < into.length) {
            int count = inflater.inflate(into, done, into.length - done);
            if (count == 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    @Override
    public void close() {
        inflater.end();
    }

    /// Reads a file from left to right in large pieces, though it is asked for small ones.
    private static final class ReadAhead {
        private static final int BYTES = 1024 * 1024;

        private final ContentSource file;
        private final byte[] piece;
        private long start;
        private int length;

        ReadAhead(ContentSource file) {
            this.file = file;
            this.piece = new byte[(int) Math.min(BYTES, file.size().bytes())];
        }

        /// Fills `into`. The caller never asks for bytes beyond the file.
        void read(long offset, byte[] into) throws IOException {
            for (int done = 0; done < into.length; ) {
                long from = offset + done;
                if (from < start || from >= start + length) {
                    length = (int) Math.min(piece.length, file.size().bytes() - from);
                    file.read(from, ByteBuffer.wrap(piece, 0, length));
                    start = from;
                }
                int at = (int) (from - start);
                int count = Math.min(into.length - done, length - at);
                System.arraycopy(piece, at, into, done, count);
                done += count;
            }
        }
    }
}
