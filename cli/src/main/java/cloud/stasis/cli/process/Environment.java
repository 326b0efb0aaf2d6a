package cloud.stasis.cli.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What the process was started with: variables and directories. A value, so that tests need no process.
public record Environment(Map<String, String> variables, Path workingDirectory) {
    public Environment {
        variables = Map.copyOf(variables);
    }

    public static Environment ofProcess() {
        return new Environment(System.getenv(), Path.of("").toAbsolutePath());
    }

    /// Empty also when the variable is set to nothing, as all OpenStack clients read it.
    public Optional<String> variable(String name) {
        String value = variables.get(name);
        return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    public Path home() {
        return Path.of(variable("HOME").orElseGet(() -> System.getProperty("user.home", "/")));
    }

    public Path configHome() {
        return variable("XDG_CONFIG_HOME").map(Path::of).orElseGet(() -> home().resolve(".config"));
    }

    public Path cacheHome() {
        return variable("XDG_CACHE_HOME").map(Path::of).orElseGet(() -> home().resolve(".cache"));
    }
}
