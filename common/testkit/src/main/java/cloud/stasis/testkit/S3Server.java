package cloud.stasis.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// s3proxy on a directory, as a process with a class path of its own, one for all tests of this process; and an
/// [S3Gate] in front of it. Where its jars lie the build tells by the property `test.s3proxy`.
public final class S3Server {
    public static final String KEY = "test-key";
    public static final String SECRET = "test-secret";

    private static final Duration START = Duration.ofSeconds(60);
    private static final int START_ATTEMPTS = 5;
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /// What it says by default of each request, with all bytes, takes it ten times as long as the request.
    private static final String QUIET = """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %level %logger %msg%n</pattern></encoder>
              </appender>
              <root level="WARN"><appender-ref ref="out"/></root>
            </configuration>
            """;

    private static Optional<S3Server> running = Optional.empty();

    private final URI direct;
    /// Each is a directory below it.
    private final Path buckets;
    private final S3Gate gate;

    private S3Server(URI direct, Path buckets) throws IOException {
        this.direct = direct;
        this.buckets = buckets;
        this.gate = new S3Gate(direct);
    }

    /// Runs until this process ends.
    public static synchronized S3Server running() {
        if (running.isEmpty()) {
            try {
                running = Optional.of(start());
            } catch (IOException e) {
                throw new IllegalStateException("s3proxy could not be started", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        return running.get();
    }

    /// A bucket for nobody else.
    ///
    /// @return its name
    public String newBucket() {
        String name = "bucket-" + UUID.randomUUID();
        try {
            Files.createDirectory(buckets.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return name;
    }

    /// Where all its buckets are.
    public URI uri() {
        return gate.uri();
    }

    /// Where faults are made.
    public S3Gate newGate() throws IOException {
        return new S3Gate(direct);
    }

    /// Somebody else may take the port that was free a moment ago.
    private static S3Server start() throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return startOnce();
            } catch (IOException e) {
                if (attempt == START_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static S3Server startOnce() throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path folder = Files.createTempDirectory("test.s3proxy");
        Path buckets = Files.createDirectories(folder.resolve("data"));
        Path settings = Files.write(
                folder.resolve("s3proxy.conf"),
                List.of(
                        "s3proxy.endpoint=http://127.0.0.1:" + port,
                        "s3proxy.authorization=aws-v2-or-v4",
                        "s3proxy.identity=" + KEY,
                        "s3proxy.credential=" + SECRET,
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + buckets));
        Path log = Files.writeString(folder.resolve("logback.xml"), QUIET);
        Path jars = Path.of(System.getProperty("test.s3proxy"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + log,
                        "-cp",
                        jars.toAbsolutePath() + "/*",
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, folder)));
        URI uri = URI.create("http://127.0.0.1:" + port);
        try {
            awaitAnswer(process, uri, folder.resolve("log"));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        return new S3Server(uri, buckets);
    }

    private static void awaitAnswer(Process process, URI uri, Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (true) {
                try {
                    client.send(HttpRequest.newBuilder(uri).timeout(ANSWER).build(), BodyHandlers.discarding());
                    if (process.isAlive()) {
                        return;
                    }
                    throw new IOException("somebody else answers");
                } catch (IOException e) {
                    if (!process.isAlive() || System.nanoTime() > deadline) {
                        throw new IOException("s3proxy did not start: " + Files.readString(log), e);
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        }
    }

    private static void stop(Process process, Path folder) {
        process.destroyForcibly();
        try (var files = Files.walk(folder)) {
            process.waitFor(10, TimeUnit.SECONDS);
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // The folder of temporary files is somebody else's to clean.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
