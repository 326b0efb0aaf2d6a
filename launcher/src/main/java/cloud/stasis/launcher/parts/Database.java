package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.parts.Part.Sharing;
import cloud.stasis.launcher.process.Launch;
import cloud.stasis.launcher.settings.EnvFile;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Mebibytes;
import cloud.stasis.launcher.settings.Port;
import cloud.stasis.launcher.settings.PortName;
import cloud.stasis.launcher.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// MariaDB with files, port and password of its own; an installation for other purposes on the same machine is
/// not touched.
final class Database {
    /// The database runs as the user that the Debian package makes for it, so that a hole in it is not a hole
    /// in root.
    private static final String UNPRIVILEGED_USER = "mysql";

    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(2);

    /// The cloud's rows are few and small; this holds all of them.
    private static final Mebibytes BUFFER_POOL = new Mebibytes(64);

    private final Settings settings;
    private final DatabaseAccess access;
    private final Path directory;
    private final Path data;

    Database(Settings settings, DatabaseAccess access) {
        this.settings = settings;
        this.access = access;
        this.directory = settings.home().mariadb();
        this.data = directory.resolve("data");
    }

    Part part() {
        Port port = settings.port(PortName.MARIADB);
        return new Part(
                PartName.MARIADB,
                () -> prepare(port),
                List.of(port),
                new Readiness.OfDatabase(port, access),
                Sharing.OWN,
                Duration.ofMinutes(2),
                Duration.ofSeconds(60));
    }

    private Launch prepare(Port port) {
        String user = unprivilegedUserOr(System.getProperty("user.name"));
        MariaDbPrograms programs = MariaDbPrograms.find(settings.home());
        Path temporary = temporary(user);
        installOnce(programs, temporary, user);
        Path grants = writeGrants(user);
        Mebibytes pool = settings.memory("STASIS_DATABASE_POOL_MIB", BUFFER_POOL);
        List<String> command = new ArrayList<>(List.of(programs.server().toString(), "--no-defaults"));
        command.addAll(programs.options());
        command.addAll(List.of(
                "--user=" + user,
                "--datadir=" + data,
                "--tmpdir=" + temporary,
                "--socket=" + data.resolve("mariadb.sock"),
                "--pid-file=" + data.resolve("mariadb.pid"),
                "--bind-address=" + Settings.LOOPBACK,
                "--port=" + port.number(),
                "--skip-name-resolve",
                "--init-file=" + grants,
                "--character-set-server=utf8mb4",
                "--innodb-buffer-pool-size=" + pool.count() + "M",
                "--innodb-log-file-size=96M",
                "--performance-schema=OFF",
                "--max-connections=64",
                "--key-buffer-size=1M",
                "--aria-pagecache-buffer-size=8M"));
        return new Launch(command, Map.of());
    }

    /// Two servers that share such a directory remove each other's files when they start.
    private Path temporary(String user) {
        Path temporary = directory.resolve("tmp");
        try {
            Files.createDirectories(temporary);
            own(temporary, user);
            return temporary;
        } catch (IOException e) {
            throw new LaunchException("Cannot make " + temporary + ": " + e, e);
        }
    }

    /// Installs beside the final place and moves it there, so that a kill in between leaves nothing half made.
    private void installOnce(MariaDbPrograms programs, Path temporary, String user) {
        if (Files.isDirectory(data.resolve("mysql"))) {
            return;
        }
        Path draft = directory.resolve("data.new");
        try {
            Trees.delete(draft);
            Files.createDirectory(
                    draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            own(draft, user);
            programs.install(draft, temporary, user, INSTALL_DEADLINE);
            Files.move(draft, data, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LaunchException("Cannot make the database in " + data + ": " + e, e);
        }
    }

    /// The server runs this at each start, before it lets anybody in: schema, user and password are always as
    /// the settings say, without a client and without ever a moment that needs no password.
    private Path writeGrants(String user) {
        Path file = directory.resolve("grants.sql");
        EnvFile.writePrivately(file, """
                CREATE DATABASE IF NOT EXISTS `%1$s` CHARACTER SET utf8mb4;
                CREATE USER IF NOT EXISTS `%2$s`@`127.0.0.1`;
                ALTER USER `%2$s`@`127.0.0.1` IDENTIFIED BY '%3$s';
                GRANT ALL PRIVILEGES ON `%1$s`.* TO `%2$s`@`127.0.0.1`;
                """.formatted(access.schema(), access.user(), access.password()));
        try {
            own(file, user);
        } catch (IOException e) {
            throw new LaunchException("Cannot give " + file + " to user " + user + ": " + e, e);
        }
        return file;
    }

    private static void own(Path file, String user) throws IOException {
        Files.setOwner(file, principal(file, user));
    }

    private static UserPrincipal principal(Path file, String user) throws IOException {
        return file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    }

    private String unprivilegedUserOr(String current) {
        if (!current.equals("root")) {
            return current;
        }
        try {
            return principal(directory, UNPRIVILEGED_USER).getName();
        } catch (UserPrincipalNotFoundException e) {
            return current;
        } catch (IOException e) {
            throw new LaunchException("Cannot look up user " + UNPRIVILEGED_USER + ": " + e, e);
        }
    }
}
