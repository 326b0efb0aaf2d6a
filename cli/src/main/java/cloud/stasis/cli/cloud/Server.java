package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A server ("instance" inside Stasis) as the compute API shows it.
public record Server(JsonNode json) implements Resource {
    /// With what the compute API does not tell.
    public Server with(List<Devices.DiskStream> streams) {
        if (streams.isEmpty()) {
            return this;
        }
        ObjectNode whole = json.deepCopy();
        ArrayNode all = whole.putArray("streams");
        streams.forEach(stream -> all.add(stream.json()));
        return new Server(whole);
    }

    public String taskState() {
        return text("OS-EXT-STS:task_state");
    }

    public boolean isBusy() {
        return !taskState().isEmpty();
    }

    /// `ACTIVE (powering-off)`
    public String doing() {
        return status() + (isBusy() ? " (" + taskState() + ")" : "");
    }

    /// Why it stays as it is: it is in error, and nothing is being done about that.
    public Optional<String> faultAtRest() {
        return isInError() && !isBusy() ? Optional.of(fault()) : Optional.empty();
    }

    public boolean isInError() {
        return status().equals("ERROR");
    }

    /// As novaclient words the number.
    public String powerState() {
        JsonNode state = json.path("OS-EXT-STS:power_state");
        return switch (state.asInt(0)) {
            case 1 -> "Running";
            case 3 -> "Paused";
            case 4 -> "Shutdown";
            case 6 -> "Crashed";
            case 7 -> "Suspended";
            default -> "NOSTATE";
        };
    }

    /// `net=10.0.0.5, 10.0.0.6; other=...`
    public String networks() {
        List<String> networks = new ArrayList<>();
        json.path("addresses").properties().forEach(network -> {
            List<String> addresses = new ArrayList<>();
            network.getValue()
                    .forEach(address -> addresses.add(address.path("addr").asText()));
            networks.add(network.getKey() + "=" + String.join(", ", addresses));
        });
        return String.join("; ", networks);
    }

    /// Why it is in error, as far as its owner is told.
    public String fault() {
        return json.path("fault").path("message").asText("");
    }
}
