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

    /// How much of the end: a VHD of fixed size has a footer only.
    static final int TAIL_BYTES = 512;

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
    private static final Magic ISO = Magic.text(DiskFormat.ISO, 0x8001, "CD001");

    private static final Magic[] MAGICS = {
        Magic.text(DiskFormat.QCOW2, 0, "QFI\u00fb"),
        Magic.text(DiskFormat.VMDK, 0, "KDMV"),
        Magic.text(DiskFormat.VMDK, 0, "COWD"),
        Magic.text(DiskFormat.VMDK, 0, "# Disk DescriptorFile"),
        Magic.text(DiskFormat.VDI, 0x40, "\u007f\u0010\u00da\u00be"),
        Magic.text(DiskFormat.VHDX, 0, "vhdxfile"),
        Magic.text(DiskFormat.VHD, 0, VHD),
        Magic.text(DiskFormat.PLOOP, 0, "WithoutFreeSpace"),
        Magic.text(DiskFormat.PLOOP, 0, "WithouFreSpacExt")
    };

    /// Formats that nobody may upload under any name.
    private static final String[] FORBIDDEN = {"QED\0"};

    private FormatCheck() {}

    /// Refuses what can be told from the beginning.
    ///
    /// @throws StasisException `HOSTILE_IMAGE`
    static void head(DiskFormat declared, byte[] head, int length) {
        for (String magic : FORBIDDEN) {
            if (Magic.text(declared, 0, magic).isIn(head, length)) {
                throw hostile(declared, "it is of a format that is not supported");
            }
        }
        Optional<DiskFormat> found = Arrays.stream(MAGICS)
                .filter(magic -> magic.isIn(head, length))
                .map(Magic::format)
                .findFirst();
        switch (declared) {
            case RAW, AMI, ISO ->
                found.ifPresent(format -> {
                    throw hostile(declared, "its bytes are those of " + format.wireName());
                });
            case QCOW2, VMDK, VDI, VHDX, PLOOP -> {
                if (!found.equals(Optional.of(declared))) {
                    throw hostile(declared, "its bytes are those of something else");
                }
            }
            // One of fixed size begins with the disk.
            case VHD ->
                found.filter(format -> format != DiskFormat.VHD).ifPresent(format -> {
                    throw hostile(declared, "its bytes are those of " + format.wireName());
                });
            // Handed to a machine as a kernel or ramdisk, and never opened as a disk.
            case ARI, AKI -> {}
        }
        if (declared == DiskFormat.ISO && !ISO.isIn(head, length)) {
            throw hostile(declared, "its bytes are those of something else");
        }
        if (declared == DiskFormat.VMDK && head[0] == '#') {
            throw hostile(declared, "it is only a description that names other files");
        }
    }

    /// Refuses what can be told from the end only.
    static void tail(DiskFormat declared, byte[] tail) {
        boolean footer = Magic.text(DiskFormat.VHD, 0, VHD).isIn(tail, tail.length);
        if (declared == DiskFormat.VHD && !footer) {
            throw hostile(declared, "its bytes are those of something else");
        }
    }

    private static StasisException hostile(DiskFormat declared, String why) {
        return new StasisException(
                ErrorCode.HOSTILE_IMAGE, "the image is not accepted as " + declared.wireName() + ": " + why);
    }
}
