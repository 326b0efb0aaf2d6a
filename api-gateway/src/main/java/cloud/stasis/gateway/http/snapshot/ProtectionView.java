package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.protection.Protection;
import cloud.stasis.gateway.protection.Protection.Failover;
import cloud.stasis.gateway.protection.ProtectionState;
import cloud.stasis.gateway.protection.Protections.Shown;
import cloud.stasis.gateway.protection.Report;
import cloud.stasis.messages.ProtectionStatus;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// A protection as its owner sees it. Hosts are named to operators only.
///
/// @param status `preparing`, `syncing`, `protected`, `failing_over`, `taken_over` (the server runs on its former
/// standby), `removing` or `broken`
/// @param health as the source tells it: `syncing`, `protected`, `degraded` or `broken`; null if it has not told
/// lately
/// @param epoch the last one that is complete on the standby; after a take-over the one that the server went on
/// from
/// @param epochAt the instant of that epoch
/// @param intervalInForceMs longer than the one asked for if the link cannot keep up
/// @param pauseUs for which the guest stands still in each epoch: the median of the late ones
/// @param automatic whether the server fails over by itself
public record ProtectionView(
        String id,
        String server,
        String status,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String health,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String reason,
        @JsonProperty("interval_ms") long intervalMs,
        @Schema(enumeration = {"free", "held"}) String output,
        boolean automatic,
        long epoch,

        @JsonProperty("epoch_at") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Instant epochAt,

        @JsonProperty("interval_in_force_ms") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Long intervalInForceMs,

        @JsonProperty("pause_us") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Long pauseUs,

        @JsonProperty("sent_bytes") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Long sentBytes,

        @JsonProperty("source_host") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        String sourceHost,

        @JsonProperty("standby_host") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        String standbyHost,

        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt) {

    static ProtectionView of(Shown shown, Audience audience, Instant now) {
        Protection protection = shown.protection();
        Optional<ProtectionStatus> source =
                shown.source().filter(report -> report.isFresh(now)).map(Report::status);
        Optional<ProtectionStatus> told = shown.standby().or(shown::source).map(Report::status);
        boolean named = audience == Audience.OPERATOR;
        return new ProtectionView(
                protection.id().toString(),
                protection.instance().toString(),
                status(protection.state()),
                source.map(status -> lower(status.health())).orElse(null),
                reason(protection.state())
                        .or(() -> source.flatMap(ProtectionStatus::reason))
                        .orElse(null),
                protection.terms().settings().interval().toMillis(),
                lower(protection.terms().settings().output()),
                protection.terms().failover() == Failover.AUTOMATIC,
                epoch(protection.state(), told),
                epochAt(protection.state(), told).orElse(null),
                source.map(status -> status.interval().toMillis()).orElse(null),
                source.map(status -> status.pause().toNanos() / 1000).orElse(null),
                source.map(status -> status.sent().bytes()).orElse(null),
                named ? protection.source().value() : null,
                named ? protection.standby().value() : null,
                protection.createdAt(),
                protection.updatedAt());
    }

    private static String status(ProtectionState state) {
        return switch (state) {
            case ProtectionState.Preparing _ -> "preparing";
            case ProtectionState.Syncing _ -> "syncing";
            case ProtectionState.Protected _ -> "protected";
            case ProtectionState.FailingOver _ -> "failing_over";
            case ProtectionState.TakenOver _ -> "taken_over";
            case ProtectionState.Removing _ -> "removing";
            case ProtectionState.Broken _ -> "broken";
        };
    }

    private static Optional<String> reason(ProtectionState state) {
        return state instanceof ProtectionState.Broken broken ? Optional.of(broken.reason()) : Optional.empty();
    }

    private static long epoch(ProtectionState state, Optional<ProtectionStatus> told) {
        return state instanceof ProtectionState.TakenOver over
                ? over.epoch()
                : told.map(ProtectionStatus::epoch).orElse(0L);
    }

    private static Optional<Instant> epochAt(ProtectionState state, Optional<ProtectionStatus> told) {
        return state instanceof ProtectionState.TakenOver over
                ? Optional.of(over.at())
                : told.filter(status -> status.epoch() > 0).map(ProtectionStatus::at);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
