package cloud.stasis.gateway.state.store;

import cloud.stasis.gateway.state.DatabaseDump;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;

/// `mariadb-dump --single-transaction`: what was committed at one instant, while everybody goes on. Rows are in the
/// order of their keys, so that what did not change is the same bytes in the next dump.
@ApplicationScoped
class MariaDump implements DatabaseDump {
    private static final Logger LOG = Logger.getLogger(MariaDump.class);
    private static final Duration LIMIT = Duration.ofMinutes(30);
    /// Of what it says when it fails.
    private static final int MAX_COMPLAINT = 4096;

    private final String url;
    private final String user;
    private final String password;

    MariaDump(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") String user,
            @ConfigProperty(name = "quarkus.datasource.password") String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    @Override
    public String format() {
        return "mariadb-dump";
    }

    @Override
    public void write(Path file) {
        Path complaint = file.resolveSibling("complaint");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command()).redirectOutput(file.toFile()).redirectError(complaint.toFile());
            // Where other users of the host cannot read it, unlike an argument.
            builder.environment().put("MYSQL_PWD", password);
            run(builder, complaint);
        } catch (IOException e) {
            throw new StasisException(
                    ErrorCode.INTERNAL, "mariadb-dump cannot be run on the gateway's host: is it installed?", e);
        } finally {
            delete(complaint);
        }
    }

    private List<String> command() {
        Configuration known = configuration();
        HostAddress server = known.addresses().getFirst();
        return List.of(
                "mariadb-dump",
                "--no-defaults",
                "--protocol=tcp",
                "--host=" + server.host,
                "--port=" + server.port,
                "--user=" + user,
                "--single-transaction",
                "--quick",
                "--skip-lock-tables",
                "--order-by-primary",
                "--hex-blob",
                "--skip-comments",
                "--no-tablespaces",
                "--default-character-set=utf8mb4",
                known.database());
    }

    private Configuration configuration() {
        try {
            return Configuration.parse(url);
        } catch (SQLException e) {
            throw new StasisException(ErrorCode.INTERNAL, "The URL of the database cannot be read.", e);
        }
    }

    private static void run(ProcessBuilder builder, Path complaint) throws IOException {
        Process dump = builder.start();
        try {
            if (!dump.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new StasisException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "The database was not read within " + LIMIT.toMinutes() + " min.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "The gateway was ended meanwhile.", e);
        } finally {
            dump.destroyForcibly();
        }
        if (dump.exitValue() != 0) {
            LOG.errorf("mariadb-dump ended with %d and said: %s", dump.exitValue(), said(complaint));
            throw new StasisException(
                    ErrorCode.DATABASE_UNAVAILABLE, "The database could not be read; the gateway's log says why.");
        }
    }

    private static String said(Path complaint) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(complaint)) {
            bytes = in.readNBytes(MAX_COMPLAINT);
        }
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warnf(e, "A temporary file stays: %s", file);
        }
    }
}
