package cloud.stasis.gateway;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the gateway really serves, read from its compiled classes: a route that somebody adds is here without being
/// named anywhere in a test.
public final class Routes {
    private static final java.nio.file.Path CLASSES = java.nio.file.Path.of("target/classes");
    /// Streamed past the REST layer.
    private static final List<Route> STREAMED = List.of(
            new Route("GET", "/image/v2/images/{id}/file"),
            new Route("PUT", "/image/v2/images/{id}/file"),
            new Route("PUT", "/image/v2/images/{id}/stage"));

    private Routes() {}

    /// @param path with its parameters by name, `/servers/{id}`; a choice of literals is written out
    public record Route(String method, String path) implements Comparable<Route> {
        public boolean isReading() {
            return method.equals("GET") || method.equals("HEAD");
        }

        /// The path with every parameter written `{}`.
        public String shape() {
            return path.replaceAll("\\{[^}]*}", "{}");
        }

        @Override
        public int compareTo(Route other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return path + " " + method;
        }
    }

    public static Set<Route> all() {
        Set<Route> routes = new TreeSet<>(STREAMED);
        try (Stream<java.nio.file.Path> files = Files.walk(CLASSES.resolve("cloud/stasis/gateway/http"))) {
            files.filter(file -> file.toString().endsWith("Resource.class")).forEach(file -> addResource(routes, file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return routes;
    }

    private static void addResource(Set<Route> routes, java.nio.file.Path file) {
        String name = CLASSES.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
        try {
            Class<?> type = Class.forName(name, false, Thread.currentThread().getContextClassLoader());
            Path base = type.getAnnotation(Path.class);
            if (base != null) {
                for (Method method : type.getDeclaredMethods()) {
                    add(routes, base.value(), method);
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(Set<Route> routes, String base, Method method) {
        Path own = method.getAnnotation(Path.class);
        String path = "/" + (base + "/" + (own == null ? "" : own.value()));
        for (Annotation annotation : method.getAnnotations()) {
            HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (verb != null) {
                alternatives(path.replaceAll("/+", "/").replaceAll("(.)/$", "$1"))
                        .map(each -> each.replaceAll("\\{(\\w+):[^}]*}", "{$1}"))
                        .forEach(each -> routes.add(new Route(verb.value(), each)));
            }
        }
    }

    /// `{kind:a|b}` is `a`, and `b`.
    private static Stream<String> alternatives(String path) {
        java.util.regex.Matcher choice = java.util.regex.Pattern.compile("\\{\\w+:\\s*([\\w-]+(?:\\|[\\w-]+)+)}")
                .matcher(path);
        return choice.find()
                ? Stream.of(choice.group(1).split("\\|"))
                        .flatMap(each ->
                                alternatives(path.substring(0, choice.start()) + each + path.substring(choice.end())))
                : Stream.of(path);
    }
}
