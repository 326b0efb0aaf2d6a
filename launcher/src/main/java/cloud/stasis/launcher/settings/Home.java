package cloud.stasis.launcher.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The directory in which the one-machine cloud keeps everything:
///
/// ```
/// etc/      stasis.env (secrets and settings), openrc, clouds.yaml
/// kafka/    the broker's log        mariadb/  the database
/// store/    bundles and images      guest/    the demo guest
/// compute/  disks of instances      volumes/  disks of volumes      memory.xfs  their memory
/// log/      one file per process    run/      who runs
/// tls/      the gateway's certificate and who signed it, if there is one
/// ```
public record Home(Path root) {
    /// libvirt's QEMU and the database run as users of their own and have to reach their files: everyone may
    /// pass through, nobody else may list.
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

    public Path tls() {
        return root.resolve("tls");
    }

    public Path run() {
        return root.resolve("run");
    }

    /// Makes what is missing. Existing directories keep the mode that their owner gave them, but for the way
    /// through to the disks.
    public void create() {
        for (Path passable : List.of(root, compute(), volumes(), mariadb())) {
            directory(passable, PASSABLE);
            openTheWay(passable);
        }
        for (Path closed : List.of(etc(), kafka(), store(), guest(), log(), run(), tls())) {
            directory(closed, PRIVATE);
        }
    }

    /// The directory above this home that QEMU's user cannot pass through, if there is one.
    public Optional<Path> barrier() {
        for (Path above = root.getParent(); above != null; above = above.getParent()) {
            if (!permissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return Optional.of(above);
            }
        }
        return Optional.empty();
    }

    private static void openTheWay(Path path) {
        Set<PosixFilePermission> permissions = permissions(path);
        if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
            try {
                Files.setPosixFilePermissions(path, permissions);
            } catch (IOException e) {
                throw new LaunchException("Cannot let others pass through " + path + ": " + e, e);
            }
        }
    }

    private static Set<PosixFilePermission> permissions(Path path) {
        try {
            return Files.getPosixFilePermissions(path);
        } catch (IOException e) {
            throw new LaunchException("Cannot read the mode of " + path + ": " + e, e);
        }
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
