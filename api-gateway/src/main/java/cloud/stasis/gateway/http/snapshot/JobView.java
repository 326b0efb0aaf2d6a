package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobState;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A job as its tenant sees it.
///
/// @param status `accepted` (it waits for its turn), `running`, `unwinding` (what was done is being undone),
/// `succeeded`, `failed`, `cancelled`, or `stuck` (an operator has to look)
/// @param percent of the whole; 100 only when it has succeeded
/// @param etaSeconds estimate for the phase under way
public record JobView(
        String id,
        String kind,
        String status,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String server,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String snapshot,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String image,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String volume,
        String phase,
        int percent,
        @JsonProperty("bytes_done") long bytesDone,
        @JsonProperty("bytes_total") long bytesTotal,

        @JsonProperty("eta_seconds") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Long etaSeconds,

        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable ErrorView error,
        @JsonProperty("request_id") String requestId,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt,

        @JsonProperty("finished_at") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Instant finishedAt) {

    public record ErrorView(String code, String message) {
        static ErrorView of(ErrorReport error) {
            return new ErrorView(error.code().name(), error.message());
        }
    }

    static JobView of(Job job, Instant now) {
        return new JobView(
                job.id().toString(),
                job.kind().name().toLowerCase(Locale.ROOT),
                status(job.state()),
                text(job.subject().server()),
                text(job.subject().snapshot()),
                text(job.subject().image()),
                text(job.subject().volume()),
                job.progress().phase().name().toLowerCase(Locale.ROOT),
                job.progress().percent(),
                job.progress().done().bytes(),
                job.progress().total().bytes(),
                job.state().isOver()
                        ? null
                        : job.progress().remaining(now).map(Duration::toSeconds).orElse(null),
                error(job.state()).map(ErrorView::of).orElse(null),
                job.requestId(),
                job.createdAt(),
                job.updatedAt(),
                job.finishedAt().orElse(null));
    }

    private static String status(JobState state) {
        return switch (state) {
            case JobState.Accepted ignored -> "accepted";
            case JobState.Running ignored -> "running";
            case JobState.Unwinding ignored -> "unwinding";
            case JobState.Succeeded ignored -> "succeeded";
            case JobState.Failed failed -> failed.cause().code() == ErrorCode.CANCELLED ? "cancelled" : "failed";
            case JobState.Stuck ignored -> "stuck";
        };
    }

    private static Optional<ErrorReport> error(JobState state) {
        return switch (state) {
            case JobState.Accepted ignored -> Optional.empty();
            case JobState.Running ignored -> Optional.empty();
            case JobState.Succeeded ignored -> Optional.empty();
            case JobState.Unwinding unwinding -> Optional.of(unwinding.cause());
            case JobState.Failed failed -> Optional.of(failed.cause());
            case JobState.Stuck stuck -> Optional.of(stuck.failure());
        };
    }

    private static @Nullable String text(Optional<?> id) {
        return id.map(Object::toString).orElse(null);
    }
}
