package cloud.stasis.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real broker and database through the real command line: started, killed, brought back, stopped.
class FoundationsIT {
    private static final Duration DEADLINE = Duration.ofMinutes(4);

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @AfterEach
    void down() throws Exception {
        launcher("down", "kafka", "mariadb");
    }

    @Test
    void whatWasWrittenIsThereAfterAKill() throws Exception {
        int kafkaPort = freePort("STASIS_PORT_KAFKA");
        freePort("STASIS_PORT_KAFKA_CONTROLLER");
        int databasePort = freePort("STASIS_PORT_MARIADB");
        environment.put("STASIS_HOME", directory.toString());
        // The database runs as a user of its own, which has to get here.
        directory.toFile().setExecutable(true, false);

        launcher("up", "kafka", "mariadb");
        String url = "jdbc:mariadb://127.0.0.1:" + databasePort + "/stasis";
        createTopic(kafkaPort);
        execute(url, "create table kept (id int primary key)");
        assertThatThrownBy(() ->
                        DriverManager.getConnection(url, "stasis", "guessed").close())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Access denied");

        kill("kafka");
        kill("mariadb");
        launcher("up", "kafka", "mariadb");

        assertThat(topics(kafkaPort)).contains("kept");
        execute(url, "insert into kept values (1)");
        launcher("down", "kafka", "mariadb");
        assertThat(directory.resolve("run/kafka.pid")).doesNotExist();
        assertThat(directory.resolve("run/mariadb.pid")).doesNotExist();
    }

    private void createTopic(int port) throws Exception {
        try (Admin admin = admin(port)) {
            admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private Iterable<String> topics(int port) throws Exception {
        try (Admin admin = admin(port)) {
            return admin.listTopics().names().get(30, TimeUnit.SECONDS);
        }
    }

    private static Admin admin(int port) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + port));
    }

    private void execute(String url, String sql) throws Exception {
        String password = Files.readAllLines(directory.resolve("etc/stasis.env")).stream()
                .filter(line -> line.startsWith("STASIS_DATABASE_PASSWORD="))
                .map(line -> line.substring(line.indexOf('=') + 1))
                .findFirst()
                .orElseThrow();
        try (Connection connection = DriverManager.getConnection(url, "stasis", password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void kill(String name) throws IOException {
        long pid = Long.parseLong(
                Files.readString(directory.resolve("run/" + name + ".pid")).split(" ")[0]);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private int freePort(String variable) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            environment.put(variable, Integer.toString(socket.getLocalPort()));
            return socket.getLocalPort();
        }
    }

    private void launcher(String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        builder.command().addAll(List.of(arguments));
        builder.environment().putAll(environment);
        Path said = directory.resolve("launcher.out");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertThat(process.waitFor(DEADLINE)).as("launcher ends in time").isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    }
}
