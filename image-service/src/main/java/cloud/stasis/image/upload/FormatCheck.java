package cloud.stasis.image.upload;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Tells an image by its bytes and refuses one that is not what it was declared to be: whoever gets a "raw"
/// image that is really something else might be made to open other files by it.
final class FormatCheck {
    /// How much of the beginning it needs: an ISO says what it is behind 32 KiB.
    static final int HEAD_BYTES = 64 * 1024;

    private record Magic(DiskFormat format, int offset, byte[] bytes) {
        static Magic text(DiskFormat format, int offset, String text) {
            return new Magic(format, offset, text.getBytes(StandardCharsets.ISO_8859_1));
        }

        boolean isIn(byte[] head, int length) {
            int end = offset + bytes.length;
            return end <= length && Arrays.equals(head, offset, end, bytes, 0, bytes.length);
        }
    }

    private static final String VHD = "conectix";

    /// What ESX keeps its own disks in, of which there is no reader here.
    private static final Magic ESX_DISK = Magic.text(DiskFormat.VMDK, 0, "COWD");

    private static final Magic[] MAGICS = {
        Magic.text(DiskFormat.QCOW2, 0, "QFI\u00fb"),
        Magic.text(DiskFormat.VMDK, 0, "KDMV"),
        ESX_DISK,
        Magic.text(DiskFormat.VMDK, 0, "# Disk DescriptorFile"),
        Magic.text(DiskFormat.VDI, 0x40, "\u007f\u0010\u00da\u00be"),
        Magic.text(DiskFormat.VHDX, 0, "vhdxfile"),
        Magic.text(DiskFormat.VHD, 0, VHD),
        Magic.text(DiskFormat.PLOOP, 0, "WithoutFreeSpace"),
        Magic.text(DiskFormat.PLOOP, 0, "WithouFreSpacExt"),
        Magic.text(DiskFormat.ISO, 0x8001, "CD001")
    };

    /// Formats that nobody may upload under any name.
    private static final String[] FORBIDDEN = {"QED\0"};

    private FormatCheck() {}

    /// What the beginning says.
    enum Finding {
        /// Of the format that was declared.
        AS_DECLARED,
        /// Of none that is known, or of a kind that nothing here reads. Unless it was declared to be the plain
        /// bytes of a disk it is kept as it is, and no host is given anything of it.
        UNKNOWN
    }

    /// Refuses what is known to be something else.
    ///
    /// @throws StasisException `HOSTILE_IMAGE`
    static Finding head(DiskFormat declared, byte[] head, int length) {
        for (String magic : FORBIDDEN) {
            if (Magic.text(declared, 0, magic).isIn(head, length)) {
                throw hostile(declared, "it is of a format that is not supported");
            }
        }
        Optional<DiskFormat> found = Arrays.stream(MAGICS)
                .filter(magic -> magic.isIn(head, length))
                .map(Magic::format)
                .findFirst();
        Optional<DiskFormat> other = found.filter(format -> format != declared);
        switch (declared) {
            // An ISO may begin as a disk does that a machine boots from.
            case RAW, AMI ->
                other.filter(format -> format != DiskFormat.ISO).ifPresent(format -> {
                    throw hostile(declared, format);
                });
            case QCOW2, VMDK, VDI, VHDX, VHD, PLOOP, ISO ->
                other.ifPresent(format -> {
                    throw hostile(declared, format);
                });
            // Handed to a machine as a kernel or ramdisk, and never opened as a disk.
            case ARI, AKI -> {}
        }
        if (declared == DiskFormat.VMDK && found.isPresent() && head[0] == '#') {
            throw hostile(declared, "it is only a description that names other files");
        }
        boolean isRead = !ESX_DISK.isIn(head, length);
        return isRead && found.equals(Optional.of(declared)) ? Finding.AS_DECLARED : Finding.UNKNOWN;
    }

    private static StasisException hostile(DiskFormat declared, DiskFormat found) {
        return hostile(declared, "its bytes are those of " + found.wireName());
    }

    private static StasisException hostile(DiskFormat declared, String why) {
        return new StasisException(
                ErrorCode.HOSTILE_IMAGE, "the image is not accepted as " + declared.wireName() + ": " + why);
    }
}
