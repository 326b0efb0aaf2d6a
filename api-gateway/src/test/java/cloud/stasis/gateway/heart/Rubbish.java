package cloud.stasis.gateway.heart;

import cloud.stasis.gateway.Routes.Route;
import cloud.stasis.gateway.TestCloud;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Requests that nobody should send. Their bodies have the names that the sources of the route's package read, so
/// that they come as far as they can.
///
/// @param ids of things that there are
/// @param words names of fields
record Rubbish(Random random, List<String> ids, List<String> words) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path SOURCES = Path.of("src/main/java/cloud/stasis/gateway/http");
    private static final Pattern WORD = Pattern.compile("\"([a-zA-Z][a-zA-Z0-9_:-]{1,40})\"");
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");
    private static final Map<String, List<String>> WORDS = new ConcurrentHashMap<>();
    private static final int MAX_DEPTH = 3;

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "x",
            "0",
            "-1",
            "1",
            "true",
            "null",
            "default",
            "detail",
            "99999999999999999999",
            "1e999",
            "NaN",
            "' or '1'='1",
            "'; drop table instance; --",
            "\" union select 1 --",
            "%' escape '!",
            "\\",
            "\u0000",
            "a\r\nFORGED: line",
            "a\nFORGED line\n",
            "${jndi:ldap://127.0.0.1/x}",
            "{{7*7}}",
            "%n%s%x",
            "../../../etc/passwd",
            "..;/",
            "/dev/vda",
            "file:///etc/passwd",
            "http://127.0.0.1:1/",
            "\ud83d\udcbe\u202e\u0301\ufeff",
            "\u6f22\u5b57",
            "İıſ",
            "<script>alert(1)</script>",
            "00000000-0000-0000-0000-000000000000",
            "2026-02-30T25:61:61Z",
            "+99999999-01-01T00:00:00Z",
            "x".repeat(256),
            "é".repeat(5000));
    private static final List<String> LITERALS = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "-0",
            "1",
            "2147483648",
            "9223372036854775808",
            "123456789012345678901234567890",
            "1e999",
            "1.5",
            "0.1e-400",
            "{}",
            "[]",
            "[[]]",
            "[null]",
            "[{}]",
            "{\"\": {}}");
    private static final List<String> BROKEN = List.of(
            "",
            "{",
            "[",
            "}",
            "nul",
            "\ufeff{}",
            "{\"a\": 1, \"a\": 2}",
            "{\"a\": 1} {\"b\": 2}",
            "{'a': 1}",
            "{\"a\": NaN}",
            "{\"a\": 01}",
            "{\"a\": \"\\ud800\"}",
            "{\"a\": \"\u0001\"}",
            "[".repeat(20_000),
            "{\"a\":".repeat(3_000),
            "\"" + "x".repeat(200_000) + "\"",
            "a=b&c=d",
            "<xml/>");
    private static final List<String> QUERIES = List.of(
            "limit",
            "marker",
            "offset",
            "sort",
            "sort_key",
            "sort_dir",
            "name",
            "status",
            "all_tenants",
            "project_id",
            "tenant_id",
            "changes-since",
            "created_at",
            "metadata",
            "visibility",
            "owner",
            "tag",
            "size_min",
            "with_count",
            "usage",
            "force",
            "cascade",
            "name~",
            "flavor",
            "image",
            "host",
            "user_id",
            "domain_id",
            "enabled",
            "parent_id",
            "is_public",
            "server");
    private static final Map<String, List<String>> HEADERS = Map.of(
            "Accept", List.of("*/*", "application/json;q=x", "text/html", "a", "application/json, */*;q=0.0001", "/"),
            "OpenStack-API-Version",
                    List.of(
                            "compute latest",
                            "volume latest",
                            "compute 2.",
                            "volume 3.99999999999",
                            "compute 2.1, volume 3.70",
                            "x",
                            "compute"),
            "X-OpenStack-Nova-API-Version", List.of("latest", "2.90", "1", "-2.1", "2.1.1"),
            "X-Subject-Token", List.of("x", "a.b.c", "é", "x".repeat(5000)),
            "Range", List.of("bytes=5-1", "bytes=-", "bytes=0-99999999999999999999", "lines=1"),
            "X-HTTP-Method-Override", List.of("DELETE"),
            "Accept-Language", List.of("xx-".repeat(50), "*"),
            "X-Forwarded-For", List.of("'; --", "::1"),
            "Idempotency-Key", List.of("", "x", "é".repeat(300)),
            "Accept-Encoding", List.of("gzip", "x;q=2"));

    /// What the sources of the route's package have in quotes.
    static List<String> wordsOf(Route route) {
        String directory = route.path().startsWith("/image/v2/metadefs")
                ? "metadef"
                : route.path().split("/")[1];
        return WORDS.computeIfAbsent(directory, Rubbish::read);
    }

    private static List<String> read(String directory) {
        Set<String> words = new LinkedHashSet<>();
        try (Stream<Path> files = Files.list(SOURCES.resolve(directory))) {
            for (Path file : files.sorted().toList()) {
                Matcher word = WORD.matcher(Files.readString(file));
                while (word.find()) {
                    words.add(word.group(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(words);
    }

    HttpRequest request(Route route, String token, String project) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(TestCloud.uri("/") + path(route, project)))
                .timeout(PATIENCE)
                .header("X-Auth-Token", token);
        boolean bodyless = route.isReading() || route.method().equals("DELETE");
        request.method(
                route.method(),
                bodyless && random.nextInt(4) > 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body(route)));
        request.header("Content-Type", contentType(route));
        HEADERS.forEach((name, values) -> {
            if (random.nextInt(8) == 0) {
                request.header(name, any(values));
            }
        });
        return request.build();
    }

    private String path(Route route, String project) {
        String path = route.path().replace("{project}", random.nextInt(10) == 0 ? encoded(text()) : project);
        // Mostly something that there is, because nothing happens to what there is not.
        path = PARAMETER
                .matcher(path)
                .replaceAll(_ -> Matcher.quoteReplacement(random.nextInt(3) > 0 ? any(ids) : encoded(text())));
        StringBuilder query = new StringBuilder();
        for (int at = random.nextInt(4); at > 0; at--) {
            query.append(query.isEmpty() ? "?" : "&")
                    .append(encoded(random.nextInt(8) == 0 ? text() : any(QUERIES)))
                    .append(random.nextInt(10) == 0 ? "" : "=" + encoded(text()));
        }
        return path.substring(1) + query;
    }

    private String contentType(Route route) {
        if (route.path().endsWith("/file")) {
            return "application/octet-stream";
        }
        if (route.method().equals("PATCH") && route.path().startsWith("/image")) {
            return "application/openstack-images-v2.1-json-patch";
        }
        return random.nextInt(12) == 0
                ? any(List.of("application/json; charset=nope", "text/plain", "multipart/form-data", "x/y;"))
                : "application/json";
    }

    private byte[] body(Route route) {
        if (random.nextInt(5) == 0) {
            return any(BROKEN).getBytes(StandardCharsets.UTF_8);
        }
        if (random.nextInt(20) == 0) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            return noise;
        }
        if (route.method().equals("PATCH") && route.path().startsWith("/image")) {
            return ("[{\"op\": " + json(any(List.of("add", "replace", "remove", "move"))) + ", \"path\": "
                            + json("/" + (random.nextBoolean() ? any(words) : text())) + ", \"value\": "
                            + value(MAX_DEPTH) + "}]")
                    .getBytes(StandardCharsets.UTF_8);
        }
        return object(0).getBytes(StandardCharsets.UTF_8);
    }

    private String object(int depth) {
        List<String> fields = new ArrayList<>();
        for (int at = depth == 0 ? 1 : 1 + random.nextInt(5); at > 0; at--) {
            fields.add(json(random.nextInt(10) == 0 ? text() : any(words)) + ": "
                    + (depth == 0 && random.nextInt(4) > 0 ? object(1) : value(depth)));
        }
        return "{" + String.join(", ", fields) + "}";
    }

    private String value(int depth) {
        return switch (random.nextInt(depth >= MAX_DEPTH ? 4 : 6)) {
            case 0 -> any(LITERALS);
            case 1 -> json(any(ids));
            case 2 -> json(any(words));
            case 3 -> json(text());
            case 4 -> object(depth + 1);
            default -> "[" + value(depth + 1) + ", " + value(depth + 1) + "]";
        };
    }

    private String text() {
        return any(TEXTS);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static String encoded(String text) {
        String shortened = text.length() > 200 ? text.substring(0, 200) : text;
        return URLEncoder.encode(shortened, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String json(String text) {
        StringBuilder escaped = new StringBuilder("\"");
        text.chars()
                .forEach(character -> escaped.append(
                        character < 0x20 || character == '"' || character == '\\'
                                ? "\\u%04x".formatted(character)
                                : Character.toString(character)));
        return escaped.append('"').toString();
    }
}
