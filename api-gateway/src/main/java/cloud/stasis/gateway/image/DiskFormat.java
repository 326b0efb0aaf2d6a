package cloud.stasis.gateway.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What the bytes of an image are, as its owner says.
public enum DiskFormat {
    AMI,
    ARI,
    AKI,
    VHD,
    VHDX,
    VMDK,
    RAW,
    QCOW2,
    VDI,
    ISO,
    PLOOP;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<DiskFormat> of(String wireName) {
        return Arrays.stream(values())
                .filter(value -> value.wireName().equals(wireName))
                .findFirst();
    }
}
