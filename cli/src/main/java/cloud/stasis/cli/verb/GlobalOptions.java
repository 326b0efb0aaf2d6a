package cloud.stasis.cli.verb;

import cloud.stasis.cli.login.Parameter;
import cloud.stasis.cli.screen.Format;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/// Options that every verb takes, before or after its name.
final class GlobalOptions {
    private final Map<Parameter, String> parameters = new EnumMap<>(Parameter.class);
    private Format format = Format.TABLE;
    private boolean insecure;
    private boolean cached = true;
    private boolean debug;
    private int maxWidth;

    void addTo(CommandSpec root) {
        root.addOption(flag("--json", "print what the API gave, as JSON", _ -> format = Format.JSON));
        root.addOption(flag("--yaml", "the same as YAML", _ -> format = Format.YAML));
        root.addOption(option(
                "--max-width", "COLUMNS", "make tables no wider than this", Integer.class, width -> maxWidth = width));
        root.addOption(flag("--insecure", "do not check certificates", _ -> insecure = true));
        root.addOption(flag("--no-token-cache", "log in anew and keep no token", _ -> cached = false));
        root.addOption(flag("--debug", "show each request (never what is in it)", _ -> debug = true));
        for (Parameter parameter : Parameter.values()) {
            root.addOption(option(
                    parameter.option(),
                    "VALUE",
                    parameter.description() + " [" + parameter.variable() + "]",
                    String.class,
                    value -> parameters.put(parameter, value)));
        }
    }

    Map<Parameter, String> parameters() {
        return parameters;
    }

    Format format() {
        return format;
    }

    boolean insecure() {
        return insecure;
    }

    boolean cached() {
        return cached;
    }

    boolean debug() {
        return debug;
    }

    /// Zero if nothing was said.
    int maxWidth() {
        return maxWidth;
    }

    private static OptionSpec flag(String name, String description, Consumer<Boolean> set) {
        return builder(name, description, Boolean.class, set).arity("0").build();
    }

    private static <T> OptionSpec option(
            String name, String label, String description, Class<T> type, Consumer<T> set) {
        return builder(name, description, type, set)
                .arity("1")
                .paramLabel(label)
                .build();
    }

    private static <T> OptionSpec.Builder builder(String name, String description, Class<T> type, Consumer<T> set) {
        return OptionSpec.builder(name)
                .description(description)
                .type(type)
                .scopeType(ScopeType.INHERIT)
                .setter(new Setter<>(type, set));
    }

    /// picocli sets every option to its initial value, null, before it parses.
    private record Setter<T>(Class<T> type, Consumer<T> set) implements CommandLine.Model.ISetter {
        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <V> V set(V value) {
            if (value != null) {
                set.accept(type.cast(value));
            }
            return value;
        }
    }
}
