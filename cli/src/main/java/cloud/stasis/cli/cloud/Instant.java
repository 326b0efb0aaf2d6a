package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One instant of several servers: a snapshot of each.
public record Instant(JsonNode json) implements Resource {
    public String takenAt() {
        return text("taken_at");
    }

    public int servers() {
        return json.path("servers").asInt();
    }

    /// Between the first server that stood still and the last, once it is over.
    public Optional<Duration> skew() {
        JsonNode micros = json.path("skew_us");
        return micros.isIntegralNumber() && micros.asLong() >= 0
                ? Optional.of(Duration.of(micros.asLong(), ChronoUnit.MICROS))
                : Optional.empty();
    }

    /// What is left of it.
    public List<Snapshot> snapshots() {
        List<Snapshot> members = new ArrayList<>();
        json.path("snapshots").forEach(member -> members.add(new Snapshot(member)));
        return members;
    }

    public boolean hasMemory() {
        return snapshots().stream().anyMatch(Snapshot::hasMemory);
    }
}
