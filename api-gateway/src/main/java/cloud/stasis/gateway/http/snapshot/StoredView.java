package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.storage.StoredSize;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a bundle takes up in the store, in bytes.
///
/// @param own what only this one of the project's images and snapshots holds: comes back when it is deleted
/// @param shared what others of the project's hold too
/// @param sole what nothing else in the whole store holds; for administrators
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StoredView(
        long own,
        long shared,
        @Nullable Long sole,
        @JsonProperty("measured_at") Instant measuredAt) {
    static StoredView of(StoredSize size) {
        return new StoredView(
                size.own().bytes(),
                size.shared().bytes(),
                size.sole().map(ByteCount::bytes).orElse(null),
                size.measuredAt());
    }
}
