package cloud.stasis.image.disk;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.util.OptionalLong;

/// A disk in a file that somebody else made. Asked for from the beginning to the end of the disk, and only once for
/// each byte of it. Every method throws [cloud.stasis.model.StasisException] with `HOSTILE_IMAGE` as soon as the
/// file is not what it has to be, and what a method costs is bounded by the sizes of the file and of the disk.
public interface DiskImage extends AutoCloseable {
    /// As the guest sees it.
    ByteCount size();

    /// The format stores this many bytes together, a power of two; [#read] reads within one such unit.
    int unitBytes();

    /// How many bytes from the guest offset `guest` on are zeros as the tables tell it; 0 if the unit there is not.
    long hole(long guest) throws IOException;

    /// Where in the file the unit of the byte `guest` lies as it is, seen from this byte on; empty if it is not one
    /// plain piece.
    OptionalLong plain(long guest) throws IOException;

    /// Counts bytes of a plain unit that are used without being read.
    void use(int length) throws IOException;

    void read(long guest, byte[] into, int at, int length) throws IOException;

    /// To be called behind the last byte: refuses what must not follow in the file.
    void finish() throws IOException;

    @Override
    void close();
}
