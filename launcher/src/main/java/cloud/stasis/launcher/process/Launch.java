package cloud.stasis.launcher.process;

import java.util.List;
import java.util.Map;

/// What to run, and what to add to the launcher's own environment for it.
public record Launch(List<String> command, Map<String, String> environment) {
    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
