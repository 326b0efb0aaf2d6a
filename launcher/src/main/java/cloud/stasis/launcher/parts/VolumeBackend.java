package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Settings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// A backend of volumes of this cloud. `STASIS_VOLUME_BACKENDS` names the drivers of one or two; the second is called
/// as its driver is.
///
/// @param name by which types of volumes choose it
record VolumeBackend(String driver, String id, String name, Path directory) {
    private static final String SETTING = "STASIS_VOLUME_BACKENDS";
    private static final String LAYERS = "qcow2dir";
    /// Its volumes need files that share blocks.
    private static final String REFLINK = "reflink";

    private static final Set<String> DRIVERS = Set.of(LAYERS, REFLINK);
    /// As many as there are parts for.
    private static final int MAX = 2;

    static List<VolumeBackend> of(Settings settings) {
        List<String> drivers = Arrays.stream(settings.text(SETTING, settings.text("STASIS_VOLUME_DRIVER", LAYERS))
                        .split(","))
                .map(String::strip)
                .toList();
        if (drivers.isEmpty()
                || !DRIVERS.containsAll(drivers)
                || drivers.size() > MAX
                || drivers.size() != Set.copyOf(drivers).size()) {
            throw new LaunchException(SETTING + " is qcow2dir, reflink, or both with a comma between them, not \""
                    + String.join(",", drivers) + "\".");
        }
        return drivers.stream()
                .map(driver -> driver.equals(drivers.getFirst()) ? first(settings, driver) : second(settings, driver))
                .toList();
    }

    private static VolumeBackend first(Settings settings, String driver) {
        return new VolumeBackend(
                driver,
                settings.text("STASIS_BACKEND_ID", "local"),
                settings.text("STASIS_BACKEND_NAME", "stasis"),
                directory(settings.home(), driver));
    }

    private static VolumeBackend second(Settings settings, String driver) {
        return new VolumeBackend(driver, driver, driver, directory(settings.home(), driver));
    }

    private static Path directory(Home home, String driver) {
        return driver.equals(REFLINK) ? home.compute().resolve("memory/volumes") : home.volumes();
    }

    boolean needsSharedBlocks() {
        return driver.equals(REFLINK);
    }
}
