package cloud.stasis.gateway.state;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.heart.Doors;
import cloud.stasis.gateway.heart.FakeWorkers;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StateBackupId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mariadb.jdbc.Configuration;

/// Backups of the state through the door, on a real database with its real dump.
@QuarkusTest
class StateBackupsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Inject
    Doors doors;

    @Inject
    FakeWorkers workers;

    @Inject
    StateBackups backups;

    @Inject
    Transactions transactions;

    @Inject
    MemoryStateStore store;

    @Inject
    DataSource database;

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    private TestCloud http;
    private String admin;

    @BeforeEach
    void open() {
        doors.open();
        http = doors.http();
        admin = http.admin();
        store.failing(false);
        store.waitingFor(new CountDownLatch(0));
    }

    @Test
    void aDumpMakesAnEmptyDatabaseWhatThisOneIs(@TempDir Path directory) throws Exception {
        TestCloud.Tenant tenant = http.tenant("member");

        JsonNode done = settled(taken().path("id").asText());

        assertThat(done.path("status").asText()).isEqualTo("available");
        assertThat(done.path("size").asLong()).isPositive();
        assertThat(done.path("bundle").asText())
                .isEqualTo("state/" + done.path("id").asText());
        Path dump = directory.resolve("dump.sql");
        store.download(sealed(done.path("id").asText()), dump);
        restored(dump, "restored", statement -> {
            assertThat(count(
                            statement, "select count(*) from identity_project where id = '" + tenant.projectId() + "'"))
                    .isEqualTo(1);
            assertThat(count(statement, "select count(*) from flyway_schema_history"))
                    .isPositive();
        });
    }

    @Test
    void onlyOperatorsComeIn() {
        TestCloud.Tenant tenant = http.tenant("member");
        http.get(tenant.token(), "/snapshot/v1/state-backups").expect(403);
        http.post(tenant.token(), "/snapshot/v1/state-backups", null).expect(403);
        http.get(admin, "/snapshot/v1/state-backups/" + StateBackupId.random()).expect(404);
        http.get(admin, "/snapshot/v1/state-backups/nothing").expect(400);
    }

    @Test
    void oneIsTakenAtATime() {
        CountDownLatch gate = new CountDownLatch(1);
        store.waitingFor(gate);
        String id = taken().path("id").asText();
        try {
            http.post(admin, "/snapshot/v1/state-backups", null).expect(409);
            http.call(admin, "DELETE", "/snapshot/v1/state-backups/" + id, null).expect(409);
        } finally {
            gate.countDown();
        }
        assertThat(settled(id).path("status").asText()).isEqualTo("available");

        http.call(admin, "DELETE", "/snapshot/v1/state-backups/" + id, null).expect(202);
        http.get(admin, "/snapshot/v1/state-backups/" + id).expect(404);
        await(() -> dropped(id));
    }

    @Test
    void aStoreThatIsAwayIsTheReason() {
        store.failing(true);
        JsonNode failed = settled(taken().path("id").asText());
        assertThat(failed.path("status").asText()).isEqualTo("error");
        assertThat(failed.at("/error/code").asText()).isEqualTo("STORE_UNAVAILABLE");

        store.failing(false);
        assertThat(settled(taken().path("id").asText()).path("status").asText()).isEqualTo("available");
    }

    @Test
    void theScheduleKeepsTheNewestAndLeavesThoseOfOperators() {
        String asked = settled(taken().path("id").asText()).path("id").asText();
        for (int round = 0; round < 9; round++) {
            backups.takeIfDue(Duration.ZERO, Instant.EPOCH);
            await(() -> backups.all().stream().allMatch(StateBackupsIT::isSettled));
        }
        List<StateBackup> left = backups.all();
        assertThat(left.stream().filter(StateBackup::isScheduled)).hasSize(7);
        assertThat(left).anyMatch(backup -> backup.id().toString().equals(asked));

        backups.takeIfDue(Duration.ofDays(1), Instant.EPOCH);
        assertThat(backups.all()).as("the last one is young enough").hasSize(left.size());
    }

    @Test
    void whatNobodyFinishedIsAnErrorUntilTheStoreTellsOtherwise() {
        StateBackupId left = StateBackupId.random();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into state_backup (id, origin, status, begun_at) values ('" + left
                    + "', 'REQUEST', 'DUMPING', '2026-01-01')");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        backups.takeIfDue(Duration.ofDays(1), Instant.now());
        assertThat(backups.one(left).status()).isInstanceOf(StateBackup.Status.Error.class);

        transactions.run(() -> backups.found(left, manifest()));
        assertThat(backups.one(left).isAvailable()).isTrue();
        StateBackupId unknown = StateBackupId.random();
        transactions.run(() -> backups.found(unknown, manifest()));
        assertThat(backups.one(unknown).origin()).isEqualTo(StateBackup.Origin.STORE);
    }

    private static Manifest manifest() {
        return new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.STATE,
                Optional.empty(),
                Instant.parse("2026-01-01T00:00:00Z"),
                Optional.empty(),
                List.of(new Part.File(new Content(IndexId.ZERO, ByteCount.ofMib(1)))),
                Optional.empty(),
                Map.of());
    }

    private JsonNode taken() {
        return http.post(admin, "/snapshot/v1/state-backups", null)
                .expect(202)
                .json()
                .path("state_backup");
    }

    private JsonNode settled(String id) {
        await(() -> isSettled(backups.one(StateBackupId.parse(id))));
        return http.get(admin, "/snapshot/v1/state-backups/" + id)
                .expect(200)
                .json()
                .path("state_backup");
    }

    private static boolean isSettled(StateBackup backup) {
        return switch (backup.status()) {
            case StateBackup.Status.Dumping _, StateBackup.Status.Saving _ -> false;
            case StateBackup.Status.Available _, StateBackup.Status.Error _ -> true;
        };
    }

    private Content sealed(String id) {
        return workers.carriedOut("state/" + id).stream()
                .filter(ImageCommand.SealBundle.class::isInstance)
                .map(ImageCommand.SealBundle.class::cast)
                .map(seal -> seal.manifest().parts().getFirst().content())
                .findFirst()
                .orElseThrow();
    }

    private boolean dropped(String id) {
        return workers.carriedOut("state/" + id).stream().anyMatch(ImageCommand.DropReference.class::isInstance);
    }

    private interface Look {
        void into(Statement statement) throws SQLException;
    }

    /// Loads the dump with the real client into a schema of its own.
    private void restored(Path dump, String schema, Look look) throws IOException, SQLException, InterruptedException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + schema);
            try {
                load(dump, schema);
                statement.execute("use " + schema);
                look.into(statement);
            } finally {
                statement.execute("use " + Configuration.parse(url).database());
                statement.execute("drop database " + schema);
            }
        }
    }

    private void load(Path dump, String schema) throws IOException, SQLException, InterruptedException {
        int port = Configuration.parse(url).addresses().getFirst().port;
        ProcessBuilder client = new ProcessBuilder(
                        "mariadb",
                        "--no-defaults",
                        "--protocol=tcp",
                        "--host=127.0.0.1",
                        "--port=" + port,
                        "--user=stasis",
                        schema)
                .redirectInput(dump.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dump.resolveSibling("said").toFile());
        client.environment().put("MYSQL_PWD", "for-tests-only");
        Process running = client.start();
        assertThat(running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(running.exitValue())
                .as(Files.readString(dump.resolveSibling("said")))
                .isZero();
    }

    private static long count(Statement statement, String sql) throws SQLException {
        try (ResultSet answer = statement.executeQuery(sql)) {
            answer.next();
            return answer.getLong(1);
        }
    }

    private interface Question {
        boolean isSo();
    }

    private static void await(Question question) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!question.isSo()) {
            assertThat(Instant.now()).isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
