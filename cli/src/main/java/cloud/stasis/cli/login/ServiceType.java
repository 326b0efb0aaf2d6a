package cloud.stasis.cli.login;

import java.util.List;

/// A service by the names that catalogues give it.
public enum ServiceType {
    COMPUTE("compute"),
    IMAGE("image"),
    VOLUME("volumev3", "block-storage", "volume"),
    /// Our own API.
    SNAPSHOT("snapshot"),
    IDENTITY("identity");

    private final List<String> names;

    ServiceType(String... names) {
        this.names = List.of(names);
    }

    List<String> names() {
        return names;
    }
}
