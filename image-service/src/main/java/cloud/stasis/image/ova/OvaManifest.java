package cloud.stasis.image.ova;

import cloud.stasis.model.Manifest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What of a manifest travels in an archive: the bundle, and what its machine was. What is said of an image, such as
/// its name and its checksum, changes, and the file of an image never does.
public final class OvaManifest {
    /// As `docs/design/store-format.md` has them.
    private static final Set<String> OF_MACHINE = Set.of(
            "server_name",
            "flavor",
            "vcpus",
            "memory",
            "kernel_id",
            "ramdisk_id",
            "command_line",
            "firmware",
            "tpm",
            "clock");

    private OvaManifest() {}

    static Manifest of(Manifest manifest) {
        return new Manifest(
                manifest.version(),
                manifest.kind(),
                manifest.instance(),
                manifest.takenAt(),
                manifest.parent(),
                manifest.parts(),
                manifest.receipt(),
                ofMachine(manifest.metadata()));
    }

    /// The metadata that are the machine's and not the image's: they stay whatever is said of that.
    public static Map<String, String> ofMachine(Map<String, String> metadata) {
        Map<String, String> kept = new TreeMap<>(metadata);
        kept.keySet().retainAll(OF_MACHINE);
        return kept;
    }
}
