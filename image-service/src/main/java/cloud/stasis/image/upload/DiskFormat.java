package cloud.stasis.image.upload;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import java.util.Locale;

/// What a tenant says that an image's bytes are, in the image API's words.
public enum DiskFormat {
    /// The bytes of a disk.
    RAW,
    QCOW2,
    VMDK,
    VDI,
    VHD,
    VHDX,
    ISO,
    PLOOP,
    /// The bytes of a root file system, to be booted with a kernel and a ramdisk.
    AMI,
    /// A ramdisk.
    ARI,
    /// A kernel.
    AKI;

    public static DiskFormat parse(String text) {
        return Arrays.stream(values())
                .filter(format -> format.wireName().equals(text))
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "the disk format is none of raw, qcow2, vmdk, vdi, vhd, vhdx, iso, ..."));
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
