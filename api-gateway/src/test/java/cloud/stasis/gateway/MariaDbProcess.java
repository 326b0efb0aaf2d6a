package cloud.stasis.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A `mariadbd` of the system with an empty data directory and a free port of its own. It is gone, data and all,
/// when it is closed or the JVM ends.
public final class MariaDbProcess implements AutoCloseable {
    public static final String USER = "stasis";
    public static final String PASSWORD = "for-tests-only";
    public static final String DATABASE = "stasis";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Path directory;
    private final int port;
    private final Process server;
    private final Thread shutdownHook;

    private MariaDbProcess(Path directory, int port, Process server) {
        this.directory = directory;
        this.port = port;
        this.server = server;
        this.shutdownHook = new Thread(this::end);
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /// Returns when it answers queries: about three seconds.
    public static MariaDbProcess start() {
        try {
            Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "db");
            initialise(directory);
            int port = freePort();
            MariaDbProcess started = new MariaDbProcess(directory, port, launch(directory, port));
            started.awaitQueries();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("mariadbd could not be started; is mariadb-server installed?", e);
        }
    }

    public int port() {
        return port;
    }

    public String jdbcUrl() {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + DATABASE;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
        end();
    }

    private static void initialise(Path directory) throws IOException {
        Path log = directory.resolve("install.log");
        List<String> command = new ArrayList<>(List.of(
                "mariadb-install-db",
                "--no-defaults",
                "--datadir=" + data(directory),
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        ProcessBuilder builder = asRoot(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("TMPDIR", temporary(directory).toString());
        Process install = builder.start();
        if (!ended(install, START_LIMIT) || install.exitValue() != 0) {
            throw new IOException("mariadb-install-db failed:\n" + Files.readString(log));
        }
        Files.writeString(
                directory.resolve("init.sql"),
                "create database if not exists %s character set utf8mb4 collate utf8mb4_nopad_bin;%n"
                                .formatted(DATABASE)
                        + "create or replace user '%s'@'127.0.0.1' identified by '%s';%n".formatted(USER, PASSWORD)
                        + "grant all on *.* to '%s'@'127.0.0.1';%n".formatted(USER));
    }

    /// Servers that share such a directory remove each other's files when they start.
    private static Path temporary(Path directory) throws IOException {
        return Files.createDirectories(directory.toAbsolutePath().resolve("tmp"));
    }

    private static Process launch(Path directory, int port) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "mariadbd",
                "--no-defaults",
                "--datadir=" + data(directory),
                "--tmpdir=" + temporary(directory),
                "--socket=" + directory.toAbsolutePath().resolve("s"),
                "--pid-file=" + directory.toAbsolutePath().resolve("pid"),
                "--init-file=" + directory.toAbsolutePath().resolve("init.sql"),
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--skip-name-resolve",
                "--performance-schema=OFF",
                "--innodb-buffer-pool-size=64M",
                "--innodb-flush-log-at-trx-commit=0"));
        return asRoot(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("server.log").toFile())
                .start();
    }

    private static ProcessBuilder asRoot(List<String> command) {
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        return new ProcessBuilder(command);
    }

    private void awaitQueries() throws IOException {
        Instant limit = Instant.now().plus(START_LIMIT);
        while (!answers()) {
            if (!server.isAlive() || Instant.now().isAfter(limit)) {
                String log = Files.readString(directory.resolve("server.log"));
                close();
                throw new IOException("mariadbd did not come up:\n" + log);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private boolean answers() {
        try (var connection = DriverManager.getConnection(jdbcUrl(), USER, PASSWORD)) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private void end() {
        server.destroy();
        if (!ended(server, STOP_LIMIT)) {
            server.destroyForcibly();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException leftOver) {
            System.err.println("could not remove " + directory + ": " + leftOver);
        }
    }

    private static boolean ended(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Path data(Path directory) {
        return directory.toAbsolutePath().resolve("data");
    }

    static int freePort() {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
