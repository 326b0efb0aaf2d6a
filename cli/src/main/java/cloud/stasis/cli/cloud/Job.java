package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Progress;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// What a tenant waits for.
public record Job(JsonNode json) implements Resource {

    public String kind() {
        return text("kind");
    }

    /// `TAKE_SNAPSHOT` as `take snapshot`.
    public String kindInWords() {
        return words(kind());
    }

    public boolean hasSucceeded() {
        return switch (state()) {
            case "succeeded", "completed", "done" -> true;
            default -> false;
        };
    }

    /// Nothing more will happen by itself: failed, or stuck until an operator looks at it.
    public boolean hasFailed() {
        return switch (state()) {
            case "failed", "error", "cancelled", "stuck" -> true;
            default -> false;
        };
    }

    public boolean isCancelled() {
        return state().equals("cancelled");
    }

    public boolean isStuck() {
        return state().equals("stuck");
    }

    public boolean isOver() {
        return hasSucceeded() || hasFailed();
    }

    public String errorCode() {
        return Json.text(json.path("error"), "code");
    }

    public String errorMessage() {
        return Json.text(json.path("error"), "message");
    }

    public Optional<ByteCount> bytesDone() {
        return SnapshotPart.count(json.path("bytes_done"));
    }

    public Optional<ByteCount> bytesTotal() {
        return SnapshotPart.count(json.path("bytes_total")).filter(total -> !total.isZero());
    }

    public Progress progress() {
        JsonNode percent = json.path("percent");
        JsonNode left = json.path("eta_seconds");
        String phase = text("phase");
        return new Progress(
                words(phase.isEmpty() ? text("status") : phase),
                percent.isNumber() ? OptionalInt.of(Math.clamp(percent.asInt(), 0, 100)) : OptionalInt.empty(),
                bytesDone().orElse(ByteCount.ZERO),
                bytesTotal(),
                left.isNumber() ? Optional.of(Duration.ofSeconds(Math.max(0, left.asLong()))) : Optional.empty());
    }

    private String state() {
        return status().toLowerCase(Locale.ROOT);
    }

    private static String words(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
