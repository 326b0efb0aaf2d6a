package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// The standby of a server, and how far it is behind.
public record Protection(JsonNode json) implements Resource {

    public String server() {
        return text("server");
    }

    public Duration interval() {
        return Duration.ofMillis(json.path("interval_ms").asLong());
    }

    /// Empty if its host has not told lately.
    public Optional<Duration> intervalInForce() {
        return told("interval_in_force_ms").map(Duration::ofMillis);
    }

    /// For which the guest stands still in each epoch.
    public Optional<Duration> pause() {
        return told("pause_us").map(microseconds -> Duration.ofNanos(microseconds * 1000));
    }

    public boolean isAutomatic() {
        return json.path("automatic").asBoolean(false);
    }

    public long epoch() {
        return json.path("epoch").asLong();
    }

    /// How long before `now` the standby's instant is; empty if it has none.
    public Optional<Duration> age(Instant now) {
        try {
            return text("epoch_at").isEmpty()
                    ? Optional.empty()
                    : Optional.of(Duration.between(Instant.parse(text("epoch_at")), now))
                            .map(age -> age.isNegative() ? Duration.ZERO : age);
        } catch (DateTimeParseException malformed) {
            return Optional.empty();
        }
    }

    /// What it is asked to be, and how well it is that.
    public String condition() {
        String health = text("health");
        return health.isEmpty() || health.equals(status()) ? status() : status() + ", " + health;
    }

    private Optional<Long> told(String field) {
        return json.path(field).isIntegralNumber()
                ? Optional.of(json.path(field).longValue())
                : Optional.empty();
    }
}
