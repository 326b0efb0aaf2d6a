package cloud.stasis.cli.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// An identity service that checks passwords and tokens, and routes that a test sets. A request without a good
/// token is a 401 whatever it asks for; one that no test expected is a 404.
public final class FakeCloud implements AutoCloseable {
    public static final String PASSWORD = "correct horse";
    public static final String USER = "tenant";

    private final HttpServer server;
    private final List<Asked> asked = new ArrayList<>();
    private final Map<String, Function<Asked, Answer>> routes = new LinkedHashMap<>();
    private final Set<String> goodTokens = new HashSet<>();
    private String identity = "/identity/v3";
    private int tokensMade;
    private volatile boolean cataloguesSnapshots = true;
    private Instant expiry = Instant.parse("2040-01-01T00:00:00Z");

    public FakeCloud() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failed) {
            throw new IllegalStateException("no port for the fake cloud", failed);
        }
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// @param line method and path, without the query
    public FakeCloud on(String line, Function<Asked, Answer> answer) {
        synchronized (asked) {
            routes.put(line, answer);
        }
        return this;
    }

    public FakeCloud on(String line, Answer answer) {
        return on(line, _ -> answer);
    }

    /// Answers in turn; the last one again and again.
    public FakeCloud onInTurn(String line, Answer... answers) {
        List<Answer> left = new ArrayList<>(List.of(answers));
        return on(line, _ -> left.size() > 1 ? left.removeFirst() : left.getFirst());
    }

    public void revokeAllTokens() {
        synchronized (asked) {
            goodTokens.clear();
        }
    }

    public void addToken(String token) {
        synchronized (asked) {
            goodTokens.add(token);
        }
    }

    public void tokensExpireAt(Instant time) {
        expiry = time;
    }

    public void hideSnapshotsInCatalogue() {
        cataloguesSnapshots = false;
    }

    public void showSnapshotsInCatalogue() {
        cataloguesSnapshots = true;
    }

    /// Instead of where our own cloud has it, beside which our own API would be looked for.
    public void logsInAt(String path) {
        identity = path;
    }

    public List<String> lines() {
        synchronized (asked) {
            return asked.stream().map(Asked::line).toList();
        }
    }

    public int logins() {
        return (int) lines().stream()
                .filter(line -> line.equals("POST " + identity + "/auth/tokens"))
                .count();
    }

    /// The last request that changed something: what a job says of where it comes from.
    public Asked lastChange() {
        synchronized (asked) {
            return asked.reversed().stream()
                    .filter(request -> !request.line().startsWith("GET ")
                            && !request.line().startsWith("POST /identity/"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("nothing was changed by " + lines()));
        }
    }

    /// The last request to a route.
    public Asked last(String line) {
        synchronized (asked) {
            return asked.reversed().stream()
                    .filter(request -> withoutQuery(request.line()).equals(line))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("nobody asked " + line + ", but " + lines()));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        String line = exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getPath() + (query == null ? "" : "?" + query);
        byte[] body = exchange.getRequestBody().readAllBytes();
        Asked request;
        Function<Asked, Answer> route;
        synchronized (asked) {
            request = new Asked(line, exchange.getRequestHeaders(), body, "req-" + (asked.size() + 1));
            asked.add(request);
            route = route(request);
        }
        Answer answer = route.apply(request);
        if (answer == Answer.LOST) {
            exchange.close();
            return;
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.getResponseHeaders().set("x-openstack-request-id", request.id());
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
        if (answer.body().length > 0) {
            exchange.getResponseBody().write(answer.body());
        }
        exchange.close();
    }

    private Function<Asked, Answer> route(Asked request) {
        String line = withoutQuery(request.line());
        if (line.equals("POST " + identity + "/auth/tokens")) {
            return this::login;
        }
        if (!goodTokens.contains(request.token())) {
            return _ ->
                    Answer.json(401, "{'error':{'code':401,'title':'Unauthorized','message':'the token is not good'}}");
        }
        Function<Asked, Answer> nothing =
                _ -> Answer.json(404, "{'itemNotFound':{'code':404,'message':'nothing is at " + line + "'}}");
        return routes.getOrDefault(line, nothing);
    }

    private Answer login(Asked request) {
        var proof = request.json().path("auth").path("identity");
        boolean good =
                switch (proof.path("methods").path(0).asText()) {
                    case "password" ->
                        PASSWORD.equals(proof.path("password")
                                .path("user")
                                .path("password")
                                .asText());
                    case "application_credential" ->
                        PASSWORD.equals(proof.path("application_credential")
                                .path("secret")
                                .asText());
                    case "token" ->
                        goodTokens.contains(proof.path("token").path("id").asText());
                    default -> false;
                };
        if (!good) {
            return Answer.json(
                    401,
                    "{'error':{'code':401,'title':'Unauthorized','message':'The request you have made requires "
                            + "authentication.'}}");
        }
        String token;
        synchronized (asked) {
            token = "token-" + ++tokensMade;
            goodTokens.add(token);
        }
        return Answer.json(201, tokenBody()).header("X-Subject-Token", token);
    }

    private boolean isGood(String token) {
        synchronized (asked) {
            return goodTokens.contains(token);
        }
    }

    public String tokenBody() {
        String catalogue = service("identity", "/identity/v3")
                + "," + service("compute", "/compute/v2.1")
                + "," + service("volumev3", "/volume/v3/project")
                + "," + service("image", "/image")
                + (cataloguesSnapshots ? "," + service("snapshot", "/snapshot/v1") : "");
        return "{'token':{'expires_at':'" + expiry + "','project':{'id':'project'},'catalog':[" + catalogue + "]}}";
    }

    private String service(String type, String path) {
        String endpoint = "'region':'RegionOne','region_id':'RegionOne','url':'" + url() + path + "'";
        return "{'type':'" + type + "','endpoints':[{'interface':'public'," + endpoint
                + "},{'interface':'internal','region':'RegionOne','url':'" + url() + "/internal" + path + "'}]}";
    }

    private static String withoutQuery(String line) {
        int query = line.indexOf('?');
        return query < 0 ? line : line.substring(0, query);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
