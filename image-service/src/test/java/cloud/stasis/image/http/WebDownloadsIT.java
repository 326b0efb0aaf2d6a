package cloud.stasis.image.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.Stores;
import cloud.stasis.image.bundle.ImageImports;
import cloud.stasis.image.download.ImageFiles;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.upload.ImageUpload;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.AllowedHosts;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images from a web server that may behave badly.
class WebDownloadsIT {
    private static final byte[] FILE = Stores.noise(3_000_000, 1);

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger asked = new AtomicInteger();
    private Repository repository;
    private HttpServer web;

    @BeforeEach
    void open() throws IOException {
        repository = Stores.open(directory);
        web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        serve("/image", exchange -> send(exchange, FILE.length, FILE));
        serve("/chunked", exchange -> send(exchange, 0, FILE));
        serve("/short", exchange -> send(exchange, FILE.length + 1, FILE));
        serve("/gone", exchange -> exchange.sendResponseHeaders(404, -1));
        serve("/moved", exchange -> redirect(exchange, "/image"));
        serve("/round", exchange -> redirect(exchange, "/round"));
        serve("/away", exchange -> redirect(exchange, "http://localhost:" + port() + "/image"));
        web.start();
    }

    @AfterEach
    void close() {
        web.stop(0);
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        repository.close();
    }

    @Test
    void aFileIsTakenInOnce() throws IOException {
        ReferenceName name = name();
        CommandResult.Imported first = run(name, "/image", ByteCount.ofGib(1));

        CommandResult.Imported again = run(name, "/image", ByteCount.ofGib(1));

        assertThat(first.size().bytes()).isEqualTo(FILE.length);
        assertThat(again).as("the process died before it could say so").isEqualTo(first);
        assertThat(asked).hasValue(1);
        assertThat(read(name)).isEqualTo(FILE);
        for (String path : List.of("/chunked", "/moved")) {
            ReferenceName other = name();
            run(other, path, ByteCount.ofBytes(FILE.length));
            assertThat(read(other)).as(path).isEqualTo(FILE);
        }
    }

    @Test
    void whatIsNotWholeOrTooLargeLeavesNothing() {
        for (String path : List.of("/short", "/gone", "/round")) {
            ReferenceName name = name();
            assertFails(ErrorCode.INVALID_REQUEST, () -> run(name, path, ByteCount.ofGib(1)));
            assertThat(repository.reference(name)).as(path).isEmpty();
        }
        for (String path : List.of("/image", "/chunked")) {
            ReferenceName name = name();
            assertFails(ErrorCode.INVALID_REQUEST, () -> run(name, path, ByteCount.ofBytes(FILE.length - 1)));
            assertThat(repository.reference(name)).as(path).isEmpty();
        }
    }

    @Test
    void nothingIsAskedOfAHostThatIsNotListed() {
        assertFails(ErrorCode.ACCESS_DENIED, () -> run(name(), "/away", ByteCount.ofGib(1)));
        assertThat(asked).as("the redirect, and not where it leads").hasValue(1);
        assertFails(
                ErrorCode.ACCESS_DENIED,
                () -> run(name(), URI.create("http://localhost:" + port() + "/image"), List.of("127.0.0.1")));
        assertFails(
                ErrorCode.ACCESS_DENIED,
                () -> run(name(), URI.create("http://127.0.0.1:" + port() + "/image"), List.of("images.example.org")));
        assertThat(asked).hasValue(1);
    }

    /// The name of a host that is allowed may lead into the network of the operator.
    @Test
    void aListedNameThatLeadsToAPrivateAddressIsNotFollowed() {
        String host = "localhost:" + port();
        URI uri = URI.create("http://" + host + "/image");

        assertFails(ErrorCode.ACCESS_DENIED, () -> run(name(), uri, List.of(host)));
        assertThat(asked).hasValue(0);

        run(name(), uri, List.of(host, "127.0.0.0/8", "[::1]"));
        assertThat(asked).hasValue(1);
    }

    private CommandResult.Imported run(ReferenceName name, String path, ByteCount most) {
        return run(name, URI.create("http://127.0.0.1:" + port() + path), List.of("127.0.0.1"), most);
    }

    private CommandResult.Imported run(ReferenceName name, URI uri, List<String> hosts) {
        return run(name, uri, hosts, ByteCount.ofGib(1));
    }

    private CommandResult.Imported run(ReferenceName name, URI uri, List<String> hosts, ByteCount most) {
        try (WebDownloads downloads = new WebDownloads(vertx, AllowedHosts.of(hosts))) {
            ImageUpload uploads = new ImageUpload(repository, TransferThreads.forThisMachine(), Clock.systemUTC());
            return new ImageImports(repository, uploads, downloads, Duration.ofMinutes(5))
                    .run(
                            new ImageCommand.ImportImage(name, uri, "raw", "bare", most, Map.of("name", "web")),
                            new Quiet());
        }
    }

    private byte[] read(ReferenceName name) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(FILE.length);
        new ImageFiles(repository).file(name).read(0, bytes);
        return bytes.array();
    }

    private int port() {
        return web.getAddress().getPort();
    }

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private void serve(String path, Handler handler) {
        web.createContext(path, exchange -> {
            asked.incrementAndGet();
            try (exchange) {
                handler.handle(exchange);
            }
        });
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().add("Location", to);
        exchange.sendResponseHeaders(302, -1);
    }

    /// @param length announced; 0 for a body in chunks
    private static void send(HttpExchange exchange, long length, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(200, length);
        try (OutputStream body = exchange.getResponseBody()) {
            for (int at = 0; at < bytes.length; at += 100_000) {
                body.write(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 100_000)));
            }
        }
    }

    private static ReferenceName name() {
        return ReferenceName.of(ImageId.random());
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static final class Quiet implements CommandContext {
        @Override
        public CommandId id() {
            return new CommandId(new UUID(1, 2));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
