package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.policy.PolicyResult;
import cloud.stasis.gateway.policy.Product;
import cloud.stasis.gateway.policy.Retention;
import cloud.stasis.gateway.policy.SnapshotPolicy;
import cloud.stasis.gateway.policy.SnapshotPolicy.Standing;
import cloud.stasis.gateway.policy.Target;
import cloud.stasis.gateway.policy.Timing;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A policy as its tenant sees it. One of `server`, `volume`, `servers` and `volumes` says what it takes, and one of
/// `interval` and `cron` when.
///
/// @param action `snapshot` or `backup`
/// @param memory with the memory of servers
/// @param interval as `PT6H`
/// @param results newest first; only where one policy is shown
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyView(
        String id,
        String name,
        @Nullable String server,
        @Nullable String volume,
        @Nullable Selection servers,
        @Nullable Selection volumes,
        String action,
        @Nullable Boolean memory,
        @Nullable String consistency,
        @Nullable String interval,
        @Nullable String cron,
        String timezone,
        Kept retention,
        boolean enabled,

        @JsonProperty("last_run") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Instant lastRun,

        @JsonProperty("next_run") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Instant nextRun,

        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt,
        @Nullable List<ResultView> results) {

    /// @param metadata all of these
    public record Selection(Map<String, String> metadata) {}

    /// How many stay: the newest, and the newest of each of so many hours, days, weeks, months. If all are 0
    /// everything stays.
    public record Kept(int last, int hourly, int daily, int weekly, int monthly) {
        static Kept of(Retention retention) {
            return new Kept(
                    retention.last(), retention.hourly(), retention.daily(), retention.weekly(), retention.monthly());
        }
    }

    /// What came of one run for one server or volume.
    ///
    /// @param target id of the server or volume
    /// @param status `waiting`, `begun`, `done`, `failed`, or `dropped` if it is not kept any more
    /// @param product id of the snapshot or backup
    public record ResultView(
            @JsonProperty("run_at") Instant runAt,
            String target,
            String status,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String product,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String job,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String reason) {
        static ResultView of(PolicyResult result) {
            return new ResultView(
                    result.at(),
                    result.target().toString(),
                    result.stage().name().toLowerCase(Locale.ROOT),
                    result.product().map(Object::toString).orElse(null),
                    result.job().map(Object::toString).orElse(null),
                    result.reason().orElse(null));
        }
    }

    static PolicyView of(SnapshotPolicy policy) {
        return view(policy, null);
    }

    static PolicyView of(SnapshotPolicy policy, List<PolicyResult> results) {
        return view(policy, results.stream().map(ResultView::of).toList());
    }

    private static PolicyView view(SnapshotPolicy policy, @Nullable List<ResultView> results) {
        Target target = policy.terms().target();
        Timing timing = policy.terms().timing();
        Product product = policy.terms().product();
        return new PolicyView(
                policy.id().toString(),
                policy.terms().name(),
                target instanceof Target.OneServer(var id) ? id.toString() : null,
                target instanceof Target.OneVolume(var id) ? id.toString() : null,
                target instanceof Target.Servers(var metadata) ? new Selection(metadata) : null,
                target instanceof Target.Volumes(var metadata) ? new Selection(metadata) : null,
                product instanceof Product.VolumeBackup ? "backup" : "snapshot",
                product instanceof Product.ServerSnapshot(var asked)
                        ? (Boolean) (asked.memory() == MemoryChoice.WITH_MEMORY)
                        : null,
                product instanceof Product.ServerSnapshot(var asked)
                        ? asked.quiesce().name().toLowerCase(Locale.ROOT)
                        : null,
                timing instanceof Timing.Every(var interval) ? interval.toString() : null,
                timing instanceof Timing.Calendar(var cron) ? cron : null,
                policy.terms().zone().getId(),
                Kept.of(policy.terms().retention()),
                policy.standing() == Standing.ON,
                policy.lastRun().orElse(null),
                policy.next().orElse(null),
                policy.createdAt(),
                policy.updatedAt(),
                results);
    }
}
