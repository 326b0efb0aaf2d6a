package cloud.stasis.gateway.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What is around the bytes of an image; nearly always nothing, which is called `bare`.
public enum ContainerFormat {
    AMI,
    ARI,
    AKI,
    BARE,
    OVF,
    OVA,
    DOCKER,
    COMPRESSED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ContainerFormat> of(String wireName) {
        return Arrays.stream(values())
                .filter(value -> value.wireName().equals(wireName))
                .findFirst();
    }
}
