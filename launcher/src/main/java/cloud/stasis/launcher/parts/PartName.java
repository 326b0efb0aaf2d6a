package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.LaunchException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The parts in the order in which they start; they stop the other way round.
public enum PartName {
    VIRTLOGD(Stage.FOUNDATION),
    LIBVIRTD(Stage.FOUNDATION),
    KAFKA(Stage.FOUNDATION),
    MARIADB(Stage.FOUNDATION),
    IMAGE_SERVICE(Stage.SERVICE),
    VOLUME_SERVICE(Stage.SERVICE),
    SECOND_VOLUME_SERVICE(Stage.SERVICE),
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

    /// The part that a person names.
    public static PartName of(String text) {
        return Arrays.stream(values())
                .filter(name -> name.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new LaunchException("There is no part \"" + text + "\". There are: "
                        + Arrays.stream(values()).map(PartName::toString).collect(Collectors.joining(", ")) + "."));
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
