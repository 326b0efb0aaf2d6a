package cloud.stasis.gateway.http;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The table of `policy.txt`, as a tree of path segments: looking a request up costs one step per segment, however
/// many routes there are. Read once, at start; a line that cannot be understood keeps the gateway from starting.
@Singleton
public class Policy {
    private static final String TABLE = "/policy.txt";
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final int COLUMNS = 3;

    private final Node root = new Node();
    private final Set<Route> routes = new TreeSet<>();

    /// A method and a path whose parameters are all written `{}`.
    public record Route(String method, String path) implements Comparable<Route> {
        @Override
        public int compareTo(Route other) {
            int byPath = path.compareTo(other.path);
            return byPath == 0 ? method.compareTo(other.method) : byPath;
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<String, Admission> rules = new HashMap<>();
        final Map<String, Admission> rest = new HashMap<>();

        @Nullable
        Node parameter;
    }

    Policy() {
        this(table());
    }

    Policy(String table) {
        table.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(this::read);
    }

    /// @param path normalised: no dot segments, decoded where that makes no difference
    /// @return empty for what is in no line of the table
    public Optional<Admission> of(String method, String path) {
        Optional<Admission> found = find(root, segments(path), 0, method);
        return found.isEmpty() && method.equals("HEAD") ? of("GET", path) : found;
    }

    /// All that the table names.
    public Set<Route> routes() {
        return Set.copyOf(routes);
    }

    private static Optional<Admission> find(Node node, List<String> path, int at, String method) {
        if (at == path.size()) {
            return Optional.ofNullable(node.rules.get(method));
        }
        Node literal = node.literals.get(path.get(at));
        Optional<Admission> found = literal == null ? Optional.empty() : find(literal, path, at + 1, method);
        if (found.isEmpty() && node.parameter != null) {
            found = find(node.parameter, path, at + 1, method);
        }
        return found.isEmpty() ? Optional.ofNullable(node.rest.get(method)) : found;
    }

    private void read(String line) {
        String[] columns = line.split("\\s+");
        if (columns.length != COLUMNS || !columns[2].startsWith("/")) {
            throw new IllegalStateException("policy.txt: not `rule methods path`: " + line);
        }
        Admission admission = Admission.valueOf(columns[0].toUpperCase(Locale.ROOT));
        for (String method : columns[1].split(",")) {
            if (!METHODS.contains(method)) {
                throw new IllegalStateException("policy.txt: no method: " + line);
            }
            for (String path : alternatives(columns[2])) {
                add(method, path, admission);
            }
        }
    }

    private void add(String method, String path, Admission admission) {
        Node node = root;
        Map<String, Admission> rules = node.rules;
        for (String segment : segments(path)) {
            if (segment.endsWith("+}")) {
                rules = node.rest;
                break;
            }
            if (segment.startsWith("{")) {
                node.parameter = node.parameter == null ? new Node() : node.parameter;
                node = node.parameter;
            } else {
                node = node.literals.computeIfAbsent(segment, _ -> new Node());
            }
            rules = node.rules;
        }
        if (rules.put(method, admission) != null) {
            throw new IllegalStateException("policy.txt: two lines for " + method + " " + path);
        }
        routes.add(new Route(method, path.replaceAll("\\{[^}]*}", "{}")));
    }

    /// `/{a|b}/c` is `/a/c` and `/b/c`.
    static List<String> alternatives(String path) {
        int bar = path.indexOf('|');
        if (bar < 0) {
            return List.of(path);
        }
        int begin = path.lastIndexOf('{', bar);
        int end = path.indexOf('}', bar);
        List<String> all = new ArrayList<>();
        for (String choice : path.substring(begin + 1, end).split("\\|")) {
            all.addAll(alternatives(path.substring(0, begin) + choice + path.substring(end + 1)));
        }
        return all;
    }

    /// With or without a slash at the end.
    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        int begin = path.startsWith("/") ? 1 : 0;
        while (begin < path.length()) {
            int end = path.indexOf('/', begin);
            end = end < 0 ? path.length() : end;
            segments.add(path.substring(begin, end));
            begin = end + 1;
        }
        return segments;
    }

    private static String table() {
        try (InputStream table = Policy.class.getResourceAsStream(TABLE)) {
            if (table == null) {
                throw new IllegalStateException("there is no " + TABLE);
            }
            return new String(table.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
