package cloud.stasis.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Index;
import org.jboss.jandex.Indexer;
import org.jboss.jandex.MethodInfo;
import org.jboss.jandex.Type;

/// Which environment variables a service understands, of what it says itself: its `@ConfigMapping`s,
/// `@ConfigProperty`s and application.properties.
final class Settings {
    private static final DotName MAPPING = DotName.createSimple("io.smallrye.config.ConfigMapping");
    private static final DotName PROPERTY =
            DotName.createSimple("org.eclipse.microprofile.config.inject.ConfigProperty");

    /// Of Quarkus, and of the process itself: what no service names.
    private static final Set<String> OF_THE_PLATFORM = Set.of("QUARKUS_SHUTDOWN_TIMEOUT", "JDK_JAVA_OPTIONS");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]+)");

    private final Index classes;
    private final Properties properties;
    private final Set<String> known = new HashSet<>(OF_THE_PLATFORM);

    private Settings(Index classes, Properties properties) {
        this.classes = classes;
        this.properties = properties;
    }

    /// @param service the folder of its module
    static Settings of(String service) {
        Path compiled = Checkout.ROOT.resolve(service).resolve("target/classes");
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(compiled.resolve("application.properties"))) {
            properties.load(file);
            Settings settings = new Settings(index(compiled), properties);
            settings.collect();
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean knows(String variable) {
        return known.contains(variable);
    }

    /// Where it listens if nobody says otherwise.
    int port() {
        Matcher port = Pattern.compile(":(\\d+)}").matcher(properties.getProperty("quarkus.http.port"));
        if (!port.find()) {
            throw new IllegalStateException("no port in application.properties");
        }
        return Integer.parseInt(port.group(1));
    }

    private static Index index(Path compiled) throws IOException {
        Indexer indexer = new Indexer();
        try (Stream<Path> files = Files.walk(compiled)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".class")).toList()) {
                try (InputStream bytes = Files.newInputStream(file)) {
                    indexer.index(bytes);
                }
            }
        }
        return indexer.complete();
    }

    private void collect() {
        properties.stringPropertyNames().forEach(this::property);
        properties.values().forEach(value -> VARIABLE.matcher(value.toString())
                .results()
                .forEach(variable -> known.add(variable.group(1))));
        for (AnnotationInstance mapping : classes.getAnnotations(MAPPING)) {
            group(mapping.value("prefix").asString(), mapping.target().asClass());
        }
        for (AnnotationInstance property : classes.getAnnotations(PROPERTY)) {
            property(property.value("name").asString());
        }
        AdminClientConfig.configNames().forEach(name -> property("kafka." + name));
    }

    private void group(String prefix, ClassInfo group) {
        for (MethodInfo method : group.methods()) {
            if (method.isSynthetic() || method.isStaticInitializer()) {
                continue;
            }
            String name = prefix + "." + dashed(method.name());
            nested(method.returnType()).ifPresentOrElse(inner -> group(name, inner), () -> property(name));
        }
    }

    /// A group of settings in a group: an interface of the same service, perhaps one that may be missing.
    private Optional<ClassInfo> nested(Type type) {
        Type inner = type.kind() == Type.Kind.PARAMETERIZED_TYPE
                ? type.asParameterizedType().arguments().getFirst()
                : type;
        return Optional.ofNullable(classes.getClassByName(inner.name())).filter(ClassInfo::isInterface);
    }

    private void property(String name) {
        known.add(name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT));
    }

    private static String dashed(String name) {
        return List.of(name.split("(?=[A-Z])")).stream()
                .map(word -> word.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("-"));
    }
}
