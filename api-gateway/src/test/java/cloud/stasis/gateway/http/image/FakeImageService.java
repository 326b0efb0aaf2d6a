package cloud.stasis.gateway.http.image;

import cloud.stasis.chunks.Capability;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.StasisException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/// An image service that keeps images in memory: the data door only, as the gateway uses it. How it shall misbehave
/// is said by the first bytes of what is uploaded.
public final class FakeImageService implements AutoCloseable {
    /// Refuses the data as it would refuse a hostile disk image, before it has read all of them.
    static final String HOSTILE = "HOSTILE!";
    /// Takes the data and dies before it answers.
    static final String DIES = "DIES....";
    /// Keeps the data, and gives only half of them back before it dies.
    static final String HALF = "HALF....";

    private static final int SIGN = 8;

    private final Map<String, byte[]> images = new ConcurrentHashMap<>();
    private final Capability.Key key;
    private final HttpServer server;

    private FakeImageService(Capability.Key key, HttpServer server) {
        this.key = key;
        this.server = server;
    }

    public static FakeImageService start(String capabilityKey, int port) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            FakeImageService fake =
                    new FakeImageService(Capability.Key.parse(capabilityKey, Clock.systemUTC()), server);
            server.createContext("/store/v1/images/", fake::serve);
            server.start();
            return fake;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    public static void main(String[] arguments) {
        start(arguments[0], Integer.parseInt(arguments[1]));
    }

    private void serve(HttpExchange exchange) throws IOException {
        String image = exchange.getRequestURI().getPath().split("/")[4];
        boolean put = exchange.getRequestMethod().equals("PUT");
        try {
            key.verify(
                    exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer ".length()),
                    put ? Capability.Right.IMAGE_UPLOAD : Capability.Right.IMAGE_DOWNLOAD,
                    "image/" + image);
            if (put) {
                take(exchange, image);
            } else {
                give(exchange, image);
            }
        } catch (StasisException refused) {
            answer(exchange, refused.kind().httpStatus(), json(refused.report()));
        }
    }

    private void take(HttpExchange exchange, String image) throws IOException {
        InputStream body = exchange.getRequestBody();
        byte[] sign = body.readNBytes(SIGN);
        String said = new String(sign, StandardCharsets.US_ASCII);
        if (said.equals(HOSTILE)) {
            byte[] refusal = "{\"code\": \"HOSTILE_IMAGE\", \"message\": \"The disk names a backing file.\"}"
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(400, refusal.length);
            exchange.getResponseBody().write(refusal);
            exchange.getResponseBody().flush();
            body.transferTo(OutputStream.nullOutputStream());
            exchange.close();
            return;
        }
        // A body that ends too early is an exception here, and nothing is kept.
        byte[] rest = body.readAllBytes();
        if (said.equals(DIES)) {
            exchange.close();
            return;
        }
        byte[] all = Arrays.copyOf(sign, sign.length + rest.length);
        System.arraycopy(rest, 0, all, sign.length, rest.length);
        images.put(image, all);
        String index = hash("SHA-256", all);
        answer(exchange, 201, """
                {"size": %1$d, "virtualSize": %1$d, "md5": "%2$s", "sha512": "%3$s", "manifest": "%4$s",
                 "parts": [{"kind": "disk", "target": "vda", "content": {"index": "%4$s", "size": %1$d}},
                           {"kind": "file", "content": {"index": "%4$s", "size": %1$d}}]}
                """.formatted(all.length, hash("MD5", all), hash("SHA-512", all), index));
    }

    private void give(HttpExchange exchange, String image) throws IOException {
        byte[] all = images.get(image);
        if (all == null) {
            answer(exchange, 404, "{\"code\": \"OBJECT_NOT_FOUND\", \"message\": \"no such image\"}");
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            exchange.sendResponseHeaders(200, all.length);
            boolean half = new String(all, 0, Math.min(SIGN, all.length), StandardCharsets.US_ASCII).equals(HALF);
            exchange.getResponseBody().write(all, 0, half ? all.length / 2 : all.length);
            exchange.close();
            return;
        }
        String[] bounds = range.substring("bytes=".length()).split("-");
        int first = Integer.parseInt(bounds[0]);
        int last = Math.min(Integer.parseInt(bounds[1]), all.length - 1);
        if (first > last) {
            answer(exchange, 416, "{\"code\": \"INVALID_REQUEST\", \"message\": \"no such range\"}");
            return;
        }
        exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + all.length);
        exchange.sendResponseHeaders(206, last - first + 1L);
        exchange.getResponseBody().write(all, first, last - first + 1);
        exchange.close();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String json(ErrorReport report) {
        return "{\"code\": \"" + report.code() + "\", \"message\": \"" + report.message() + "\"}";
    }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
