package cloud.stasis.image.sync;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.http.StoreServer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.PublicKey;
import java.time.Clock;
import java.util.concurrent.Executors;

/// A site with a key of its own, known to both sides, that answers with what a store behind it answers, changed by a
/// lie, and signs it.
final class LyingPeer implements AutoCloseable {
    /// What it makes of an answer.
    @FunctionalInterface
    interface Lie {
        byte[] tell(String method, String path, byte[] answer);
    }

    final SiteKey key = SiteKey.generate();
    private final SiteSeal seal = new SiteSeal(key, Clock.systemUTC());
    private final StoreServer behind;
    private final PublicKey victim;
    private final Lie lie;
    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// @param behind has to know [#key]
    LyingPeer(StoreServer behind, PublicKey victim, Lie lie) {
        this.behind = behind;
        this.victim = victim;
        this.lie = lie;
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().toString();
            SiteSeal.Asked asked = seal.request(
                    exchange.getRequestHeaders().getFirst("Authorization").substring(PeerDoor.SCHEME.length()), victim);
            HttpResponse<byte[]> honest = forward(exchange.getRequestMethod(), path, body, asked.bundle());
            byte[] told = lie.tell(exchange.getRequestMethod(), path, honest.body());
            int status = honest.statusCode();
            exchange.getResponseHeaders()
                    .set(
                            PeerDoor.ANSWER,
                            seal.sign(new SiteSeal.Answered(asked.id(), status, Sha256.of(told)), victim));
            exchange.sendResponseHeaders(status, told.length == 0 ? -1 : told.length);
            exchange.getResponseBody().write(told);
        }
    }

    private HttpResponse<byte[]> forward(String method, String path, byte[] body, String bundle) throws IOException {
        SiteSeal.Asked asked = SiteSeal.Asked.of(method, path, body, bundle);
        try {
            return client.send(
                    HttpRequest.newBuilder(behind.uri().resolve(path))
                            .header("Authorization", PeerDoor.SCHEME + seal.sign(asked, behind.site.open()))
                            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
