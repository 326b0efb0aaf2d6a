package cloud.stasis.cli.login;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.process.Environment;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// `clouds.yaml`, where openstacksdk looks for it: the file named by `OS_CLIENT_CONFIG_FILE`, the working directory,
/// `~/.config/openstack`, `/etc/openstack`; the first that exists is the one. A `secure.yaml` beside it may hold the
/// secrets. The YAML reader is loaded only when this class is used.
final class CloudsFile {
    /// Some hundred entries; what is larger was not written by hand.
    private static final long MAX_SIZE = 1024 * 1024;

    private final Environment environment;

    CloudsFile(Environment environment) {
        this.environment = environment;
    }

    /// @param verify whether certificates are checked
    record Entry(Map<Parameter, String> values, boolean verify) {
        Entry {
            values = Map.copyOf(values);
        }
    }

    Entry entry(String cloud) {
        Path file = find().orElseThrow(() -> Failure.command("the cloud '" + cloud
                + "' is asked for, but there is no clouds.yaml in "
                + String.join(", ", places().stream().map(Path::toString).toList())));
        JsonNode clouds = clouds(file);
        if (!clouds.has(cloud)) {
            throw Failure.command("'" + file + "' has no entry '" + cloud + "'; it has: " + names(clouds));
        }
        return read(file, cloud, clouds.path(cloud));
    }

    /// The entry of a file that has only one.
    Optional<Entry> onlyEntry() {
        return find().flatMap(file -> {
            JsonNode clouds = clouds(file);
            return clouds.size() == 1
                    ? Optional.of(read(
                            file, clouds.fieldNames().next(), clouds.iterator().next()))
                    : Optional.empty();
        });
    }

    private List<Path> places() {
        return List.of(
                environment.workingDirectory().resolve("clouds.yaml"),
                environment.configHome().resolve("openstack/clouds.yaml"),
                Path.of("/etc/openstack/clouds.yaml"));
    }

    private Optional<Path> find() {
        Optional<String> named = environment.variable("OS_CLIENT_CONFIG_FILE");
        if (named.isPresent()) {
            Path file = environment.workingDirectory().resolve(named.get());
            if (!Files.isRegularFile(file)) {
                throw Failure.command("OS_CLIENT_CONFIG_FILE names '" + file + "', which is not a file");
            }
            return Optional.of(file);
        }
        return places().stream().filter(Files::isRegularFile).findFirst();
    }

    private static Entry read(Path file, String cloud, JsonNode entry) {
        Map<Parameter, String> values = new EnumMap<>(Parameter.class);
        Path secure = file.resolveSibling("secure.yaml");
        collect(entry, values);
        if (Files.isRegularFile(secure)) {
            collect(clouds(secure).path(cloud), values);
        }
        return new Entry(values, entry.path("verify").asBoolean(true));
    }

    private static void collect(JsonNode entry, Map<Parameter, String> values) {
        for (Parameter parameter : Parameter.values()) {
            if (parameter == Parameter.CLOUD) {
                continue;
            }
            JsonNode value = entry.path("auth").path(parameter.yamlKey());
            if (value.isMissingNode()) {
                value = entry.path(parameter.yamlKey());
            }
            if (value.isValueNode() && !value.isNull()) {
                values.put(parameter, value.asText());
            }
        }
    }

    private static JsonNode clouds(Path file) {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw Failure.command("'" + file + "' is larger than 1 MiB");
            }
            return new YAMLMapper().readTree(Files.readAllBytes(file)).path("clouds");
        } catch (IOException unreadable) {
            // The parser's message quotes the file, which may hold passwords.
            throw Failure.command("'" + file + "' cannot be read as YAML");
        }
    }

    private static String names(JsonNode clouds) {
        TreeSet<String> names = new TreeSet<>();
        clouds.fieldNames().forEachRemaining(names::add);
        return String.join(", ", names);
    }
}
