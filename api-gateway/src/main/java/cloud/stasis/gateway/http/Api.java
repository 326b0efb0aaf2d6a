package cloud.stasis.gateway.http;

import java.util.Optional;
import java.util.Set;

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

    /// Version documents: a client reads them before it has a token.
    private static final Set<String> VERSION_DOCUMENTS = Set.of(
            "/identity",
            "/identity/v3",
            "/compute",
            "/compute/v2.1",
            "/volume",
            "/volume/v3",
            "/image",
            "/image/versions",
            "/snapshot",
            "/snapshot/v1");

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

    /// Whether a request needs no token. Everything that is not named here needs one.
    public static boolean isOpen(String method, String path) {
        String trimmed = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (trimmed.equals("/identity/v3/auth/tokens")) {
            return method.equals("POST");
        }
        return VERSION_DOCUMENTS.contains(trimmed) || trimmed.startsWith("/q/");
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
