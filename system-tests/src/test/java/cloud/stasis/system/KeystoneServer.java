package cloud.stasis.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// The distribution's Keystone, with a directory of its own.
final class KeystoneServer {
    /// Three programs in Python, one after the other.
    private static final Duration UP = Duration.ofMinutes(4);

    private static final String ADMIN_PASSWORD = "keystone-admin";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path log;
    private final int port;
    private final Process process;

    private KeystoneServer(Path checkout, Path directory) {
        try (ServerSocket probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        log = directory.resolveSibling(directory.getFileName() + ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            checkout.resolve("dev.d/keystone").toString(), directory.toString(), Integer.toString(port))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put("KEYSTONE_ADMIN_PASSWORD", ADMIN_PASSWORD);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    /// Begins to set one up; there is other work to do meanwhile.
    ///
    /// @param directory that is not there yet
    static KeystoneServer starting(Path checkout, Path directory) {
        return new KeystoneServer(checkout, directory);
    }

    /// Returns when it answers.
    void await() {
        Await.until("Keystone answers", UP, this::answers, answers -> answers);
    }

    void stop() {
        process.destroyForcibly().onExit().join();
    }

    String url() {
        return "http://127.0.0.1:" + port + "/v3";
    }

    /// What clients are told to be its administrator.
    Map<String, String> admin() {
        return login("admin", ADMIN_PASSWORD, "admin");
    }

    /// What clients are told to be somebody that it knows. All is in the domain that it begins with.
    Map<String, String> login(String user, String password, String project) {
        return Map.of(
                "OS_AUTH_URL",
                url(),
                "OS_USERNAME",
                user,
                "OS_PASSWORD",
                password,
                "OS_PROJECT_NAME",
                project,
                "OS_USER_DOMAIN_NAME",
                "Default",
                "OS_PROJECT_DOMAIN_NAME",
                "Default",
                "OS_REGION_NAME",
                "RegionOne",
                "OS_IDENTITY_API_VERSION",
                "3");
    }

    private boolean answers() {
        try {
            if (!process.isAlive()) {
                throw new AssertionError("Keystone did not come up:\n" + Files.readString(log));
            }
            return client.send(HttpRequest.newBuilder(URI.create(url())).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
