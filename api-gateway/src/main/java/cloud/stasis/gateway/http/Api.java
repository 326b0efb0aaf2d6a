package cloud.stasis.gateway.http;

import java.util.Optional;

/// The APIs behind the one port, told apart by the first segment of the path.
public enum Api {
    IDENTITY("/identity"),
    COMPUTE("/compute"),
    VOLUME("/volume"),
    IMAGE("/image"),
    /// Our own.
    SNAPSHOT("/snapshot"),
    /// Health, metrics, API description, pages.
    PLATFORM("/q");

    private final String prefix;

    Api(String prefix) {
        this.prefix = prefix;
    }

    public String prefix() {
        return prefix;
    }

    /// @param path normalised: no dot segments, decoded where that makes no difference
    public static Api of(String path) {
        for (Api api : values()) {
            if (path.startsWith(api.prefix)
                    && (path.length() == api.prefix.length() || path.charAt(api.prefix.length()) == '/')) {
                return api;
            }
        }
        return PLATFORM;
    }

    /// The microversions that this API speaks, if it has any.
    public Optional<MicroversionRange> microversions() {
        return switch (this) {
            case COMPUTE -> Optional.of(MicroversionRange.COMPUTE);
            case VOLUME -> Optional.of(MicroversionRange.VOLUME);
            case IDENTITY, IMAGE, SNAPSHOT, PLATFORM -> Optional.empty();
        };
    }
}
