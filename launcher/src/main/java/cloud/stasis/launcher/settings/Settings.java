package cloud.stasis.launcher.settings;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All settings of one start. Looked up by name, so that a message can say which variable to change.
public final class Settings {
    public static final String LOOPBACK = "127.0.0.1";
    public static final String HOME_VARIABLE = "STASIS_HOME";

    private static final String STANDARD_HOME = "/var/lib/stasis";

    private final Map<String, String> values;
    private final Home home;

    private Settings(Map<String, String> values, Home home) {
        this.values = Map.copyOf(values);
        this.home = home;
    }

    /// The environment goes before `etc/stasis.env`.
    public static Settings of(Map<String, String> environment) {
        Home home = new Home(Path.of(environment.getOrDefault(HOME_VARIABLE, STANDARD_HOME)));
        Map<String, String> values = new HashMap<>(home.stasisEnv().read());
        values.putAll(environment);
        return new Settings(values, home);
    }

    public Home home() {
        return home;
    }

    public Port port(PortName name) {
        return new Port(name, number(name.variable(), name.standard()));
    }

    public String text(String variable, String standard) {
        String value = values.get(variable);
        return value == null || value.isBlank() ? standard : value;
    }

    /// Those of these variables that have a value, to be handed on as they are.
    public Map<String, String> given(List<String> variables) {
        Map<String, String> given = new HashMap<>();
        for (String variable : variables) {
            String value = text(variable, "");
            if (!value.isEmpty()) {
                given.put(variable, value);
            }
        }
        return given;
    }

    public Mebibytes memory(String variable, Mebibytes standard) {
        return new Mebibytes(number(variable, standard.count()));
    }

    /// Split at blanks, for instance further JVM options.
    public List<String> words(String variable) {
        String value = text(variable, "").strip();
        return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
    }

    private int number(String variable, int standard) {
        String value = text(variable, Integer.toString(standard));
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new LaunchException(variable + " must be a whole number, not \"" + value + "\".", e);
        }
    }
}
