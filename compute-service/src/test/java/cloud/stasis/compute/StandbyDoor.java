package cloud.stasis.compute;

import cloud.stasis.compute.protect.StandbyState;
import cloud.stasis.compute.protect.Standbys;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.StasisException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;

/// The standbys of a host over HTTP, as the agent shows them. The link can be lost.
final class StandbyDoor implements AutoCloseable {
    private final HttpServer server;
    private volatile Standbys standbys;
    private volatile boolean lost;

    StandbyDoor() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/v1/standbys/", this::answer);
            server.start();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void show(Standbys shown) {
        standbys = shown;
    }

    void lose(boolean isLost) {
        lost = isLost;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (lost) {
                return;
            }
            Object answer;
            int status = 200;
            try {
                answer = told(exchange);
            } catch (StasisException e) {
                answer = e.report();
                status = e.kind().httpStatus();
            }
            byte[] json = MessageCodec.mapper().writeValueAsBytes(answer);
            exchange.sendResponseHeaders(status, json.length);
            exchange.getResponseBody().write(json);
        }
    }

    private Object told(HttpExchange exchange) {
        String[] path = exchange.getRequestURI().getPath().split("/");
        String secret = exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer ".length());
        Map<String, Long> query = new HashMap<>();
        if (exchange.getRequestURI().getQuery() != null) {
            for (String pair : exchange.getRequestURI().getQuery().split("&")) {
                query.put(pair.split("=")[0], Long.parseLong(pair.split("=")[1]));
            }
        }
        if (path.length == 4) {
            return standbys.state(path[3], secret);
        }
        boolean puts = exchange.getRequestMethod().equals("PUT");
        if (path[4].equals("epochs")) {
            return standbys.receive(
                    path[3],
                    secret,
                    Long.parseLong(path[5]),
                    query.get("offset"),
                    query.get("total"),
                    exchange.getRequestBody());
        }
        if (puts) {
            standbys.receiveContent(
                    path[3], secret, path[5], query.get("offset"), query.get("total"), exchange.getRequestBody());
            return new StandbyState(0, 0, 0, false, false);
        }
        return Map.of("received", standbys.hasOf(path[3], secret, path[5], query.get("total")));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
