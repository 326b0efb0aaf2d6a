package cloud.stasis.launcher.parts;

import java.util.Locale;

/// The parts in the order in which they start; they stop the other way round.
public enum PartName {
    VIRTLOGD(Stage.FOUNDATION),
    LIBVIRTD(Stage.FOUNDATION),
    KAFKA(Stage.FOUNDATION),
    MARIADB(Stage.FOUNDATION),
    IMAGE_SERVICE(Stage.SERVICE),
    VOLUME_SERVICE(Stage.SERVICE),
    COMPUTE_SERVICE(Stage.SERVICE),
    API_GATEWAY(Stage.SERVICE);

    /// Every foundation is ready before the first service starts.
    public enum Stage {
        FOUNDATION,
        SERVICE
    }

    private final Stage stage;

    PartName(Stage stage) {
        this.stage = stage;
    }

    public Stage stage() {
        return stage;
    }

    /// As in pid files, logs and on the command line: `api-gateway`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
