package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.snapshot.JobView.ErrorView;
import cloud.stasis.gateway.state.StateBackup;
import cloud.stasis.gateway.state.StateBackup.Status;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A backup of the control plane's own state as operators see it.
///
/// @param bundle what the store calls it
/// @param status `dumping`, `saving`, `available` or `error`
/// @param origin `request`, `schedule`, or `store` if it was found there
/// @param size of the dump in bytes, once that is known
public record StateBackupView(
        String id,
        String bundle,
        String status,
        String origin,
        @JsonProperty("begun_at") Instant begunAt,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Long size,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable ErrorView error) {

    static StateBackupView of(StateBackup backup) {
        return new StateBackupView(
                backup.id().toString(),
                ReferenceName.of(backup.id()).toString(),
                status(backup.status()),
                backup.origin().name().toLowerCase(Locale.ROOT),
                backup.begunAt(),
                backup.size().map(ByteCount::bytes).orElse(null),
                backup.status() instanceof Status.Error(ErrorReport reason) ? ErrorView.of(reason) : null);
    }

    private static String status(Status status) {
        return switch (status) {
            case Status.Dumping _ -> "dumping";
            case Status.Saving _ -> "saving";
            case Status.Available _ -> "available";
            case Status.Error _ -> "error";
        };
    }
}
