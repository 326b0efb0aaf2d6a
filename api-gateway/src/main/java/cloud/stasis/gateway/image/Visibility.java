package cloud.stasis.gateway.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Who may see and use an image besides its owner.
public enum Visibility {
    /// Nobody.
    PRIVATE,
    /// Its members.
    SHARED,
    /// Everybody who knows its id; it is in nobody's list.
    COMMUNITY,
    /// Everybody.
    PUBLIC;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Visibility> of(String wireName) {
        return Arrays.stream(values())
                .filter(value -> value.wireName().equals(wireName))
                .findFirst();
    }
}
