package cloud.stasis.compute.protect;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// The format of epochs, on the wire and in redo files.
///
/// ```
///  magic, version │ HEADER │ frame │ frame │ ... │ END
///  frame   kind 1, encoding 1, plain bytes 4, stored bytes 4, the bytes
///  HEADER  [EpochHeader] as JSON
///  MACHINE the device archive
///  STATE   of the devices, one piece after the other
///  PAGES   count 4, (page 8, how 1) for each, then 4096 bytes for each that is not zeros: its own, or what they are
///          by XOR with those of the epoch before
///  DATA    disk 2, offset 8, the bytes
///  ZEROS   disk 2, offset 8, length 8
///  END     SHA-256 of everything before its frame
/// ```
///
/// Numbers are big-endian. A later frame goes before an earlier one. A reader trusts nothing: each number is
/// checked against the header, each frame against [#MAX_PLAIN], and nothing counts before the hash of the end is
/// right.
final class Epochs {
    static final long MAGIC = 0x5354534550434831L; // "STSEPCH1"
    static final int PAGE = 4096;

    /// Pages of one frame.
    static final int MAX_PAGES = 256;

    /// The largest piece of a disk or of a device state in one frame.
    static final int MAX_PIECE = 1 << 20;

    /// The plain bytes of the largest frame: a device archive is at most 1 MiB, pages come with their numbers.
    static final int MAX_PLAIN = MAX_PIECE + 64 * 1024;

    /// QEMU writes 200 KiB for the devices of an ordinary machine.
    static final int MAX_STATE = 64 << 20;

    static final int FRAME_HEAD = 10;
    static final int HASH_BYTES = 32;

    enum Kind {
        HEADER,
        MACHINE,
        STATE,
        PAGES,
        DATA,
        ZEROS,
        END
    }

    enum Encoding {
        PLAIN,
        ZSTD
    }

    /// How a page is told.
    enum How {
        ZEROS,
        OWN,
        XOR
    }

    private Epochs() {}

    static StasisException malformed(String what) {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "an epoch is malformed: " + what);
    }
}
