package cloud.stasis.launcher.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The directory in which the one-machine cloud keeps everything:
///
/// ```
/// etc/      stasis.env (secrets and settings), openrc, clouds.yaml
/// kafka/    the broker's log        mariadb/  the database
/// store/    bundles and images      guest/    the demo guest
/// compute/  disks of instances      volumes/  disks of volumes
/// log/      one file per process    run/      who runs
/// ```
public record Home(Path root) {
    /// libvirt's QEMU runs as a user of its own and has to reach the disks: everyone may pass through, nobody
    /// else may list.
    private static final String PASSABLE = "rwx--x--x";

    private static final String PRIVATE = "rwx------";

    public Home {
        root = root.toAbsolutePath().normalize();
    }

    public Path etc() {
        return root.resolve("etc");
    }

    public EnvFile stasisEnv() {
        return new EnvFile(etc().resolve("stasis.env"));
    }

    public Path openrc() {
        return etc().resolve("openrc");
    }

    public Path cloudsYaml() {
        return etc().resolve("clouds.yaml");
    }

    public Path kafka() {
        return root.resolve("kafka");
    }

    public Path mariadb() {
        return root.resolve("mariadb");
    }

    public Path store() {
        return root.resolve("store");
    }

    public Path compute() {
        return root.resolve("compute");
    }

    public Path volumes() {
        return root.resolve("volumes");
    }

    public Path guest() {
        return root.resolve("guest");
    }

    public Path log() {
        return root.resolve("log");
    }

    public Path run() {
        return root.resolve("run");
    }

    /// Makes what is missing; existing directories keep the mode that their owner gave them.
    public void create() {
        for (Path passable : new Path[] {root, compute(), volumes()}) {
            directory(passable, PASSABLE);
        }
        for (Path closed : new Path[] {etc(), kafka(), store(), guest(), log(), run()}) {
            directory(closed, PRIVATE);
        }
        // The database may run as a user of its own, like QEMU.
        directory(mariadb(), PASSABLE);
    }

    private static void directory(Path path, String mode) {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path);
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            }
        } catch (IOException e) {
            throw new LaunchException(
                    "Cannot create " + path + " (" + e.getMessage() + "). Choose another directory with STASIS_HOME.",
                    e);
        }
    }
}
