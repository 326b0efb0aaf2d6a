package cloud.stasis.gateway.identity.keystone;

import cloud.stasis.gateway.MariaDbProcess;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The distribution's Keystone with a database of its own. It is stopped and started as the tests wish,
/// and is gone when they are over.
public final class KeystoneProcess implements QuarkusTestResourceLifecycleManager {
    static final String ADMIN_PASSWORD = "keystone-admin-for-tests";

    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private static @Nullable KeystoneProcess running;

    private final MariaDbProcess database = MariaDbProcess.start();
    private final Path directory;
    private final int port;
    private @Nullable Process server;

    public KeystoneProcess() {
        try {
            directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "keystone")
                    .toAbsolutePath();
            try (ServerSocket probe = new ServerSocket(0)) {
                port = probe.getLocalPort();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::halt));
    }

    /// The one that the tests of this profile use.
    static KeystoneProcess running() {
        if (running == null) {
            throw new IllegalStateException("no Keystone was started");
        }
        return running;
    }

    String url() {
        return "http://127.0.0.1:" + port + "/v3";
    }

    @Override
    public Map<String, String> start() {
        try {
            prepare();
        } catch (IOException e) {
            throw new UncheckedIOException("Keystone could not be set up; is python3-keystone installed?", e);
        }
        go();
        running = this;
        return Map.of(
                "stasis.identity.keystone.url", url(),
                "stasis.identity.keystone.user", "admin",
                "stasis.identity.keystone.password", ADMIN_PASSWORD,
                "stasis.identity.keystone.project", "admin",
                "stasis.identity.keystone.memory", "PT0.5S");
    }

    @Override
    public void stop() {
        halt();
        database.close();
    }

    /// Returns when it answers.
    void go() {
        try {
            Process started = program(
                            List.of("keystone-wsgi-public", "--port", Integer.toString(port), "--host", "127.0.0.1"))
                    .start();
            server = started;
            Instant limit = Instant.now().plus(LIMIT);
            while (!answers()) {
                if (!started.isAlive() || Instant.now().isAfter(limit)) {
                    halt();
                    throw new IOException("Keystone did not come up:\n" + Files.readString(directory.resolve("log")));
                }
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void halt() {
        if (server != null) {
            server.destroyForcibly().onExit().join();
        }
    }

    private void prepare() throws IOException {
        try (var connection =
                        DriverManager.getConnection(database.jdbcUrl(), MariaDbProcess.USER, MariaDbProcess.PASSWORD);
                var statement = connection.createStatement()) {
            statement.execute("create database keystone character set utf8mb3");
        } catch (SQLException e) {
            throw new IOException(e);
        }
        Files.createDirectory(directory.resolve("fernet"));
        Files.writeString(directory.resolve("keystone.conf"), """
                [database]
                connection = mysql+pymysql://%2$s:%3$s@127.0.0.1:%4$d/keystone
                [fernet_tokens]
                key_repository = %1$s/fernet
                [identity]
                password_hash_rounds = 4
                """.formatted(
                        directory, MariaDbProcess.USER, MariaDbProcess.PASSWORD, database.port()));
        manage("db_sync");
        String me = System.getProperty("user.name");
        manage("fernet_setup", "--keystone-user", me, "--keystone-group", me);
        manage("bootstrap", "--bootstrap-password", ADMIN_PASSWORD, "--bootstrap-public-url", url());
    }

    private void manage(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "keystone-manage",
                "--config-file",
                directory.resolve("keystone.conf").toString()));
        command.addAll(List.of(words));
        Process process = program(command).start();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + ":\n" + Files.readString(directory.resolve("log")));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException(e);
        }
    }

    private ProcessBuilder program(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()));
        builder.environment().put("OS_KEYSTONE_CONFIG_DIR", directory.toString());
        return builder;
    }

    private boolean answers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url()).toURL().openConnection();
            connection.setConnectTimeout((int) LOOK_AGAIN.toMillis());
            connection.setReadTimeout((int) LIMIT.toMillis());
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
