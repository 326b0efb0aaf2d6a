package cloud.stasis.image.upload;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import java.util.Locale;

/// What a tenant says that an image's disk is wrapped in.
public enum ContainerFormat {
    /// Nothing.
    BARE,
    AMI,
    ARI,
    AKI,
    OVF,
    OVA,
    DOCKER,
    COMPRESSED;

    public static ContainerFormat parse(String text) {
        return Arrays.stream(values())
                .filter(format -> format.wireName().equals(text))
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "the container format is none of bare, ovf, ova, aki, ari, ami, ..."));
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the bytes are the disk itself, and not something that has one inside.
    boolean isDisk() {
        return this == BARE || this == AMI;
    }
}
