package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.snapshot.Deletion;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What it would mean to delete a snapshot now, as its tenant sees it.
///
/// @param allowed whether it can be deleted
/// @param refusals why not
/// @param waits what would be waited for
/// @param children that would continue from `parent`
/// @param movesServer whether the server stands there, and would stand at `parent`
/// @param storeBytes at most so many become free in the store: what its capture
/// sent, compressed; what other bundles show stays. Null if that is not known
/// @param memoryBytes at most so many become free on the host: the file of the memory
/// @param copiedBytes at most so many are copied on the host,
/// in the background, at a bounded rate. Null if not known
/// @param expectedSeconds how long it took lately, without what follows in the background; null if it never happened
public record DeletionView(
        String snapshot,
        boolean allowed,
        List<String> refusals,
        List<String> waits,
        List<String> children,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String parent,
        @JsonProperty("moves_server") boolean movesServer,

        @JsonProperty("store_bytes") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Long storeBytes,

        @JsonProperty("memory_bytes") long memoryBytes,

        @JsonProperty("copied_bytes") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Long copiedBytes,

        @JsonProperty("expected_seconds") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Double expectedSeconds) {
    private static final double MILLIS = 1000.0;

    static DeletionView of(Deletion deletion) {
        return new DeletionView(
                deletion.snapshot().toString(),
                deletion.refusals().isEmpty(),
                deletion.refusals(),
                deletion.waits(),
                deletion.children().stream().map(Object::toString).toList(),
                deletion.parent().map(Object::toString).orElse(null),
                deletion.move() == Deletion.Move.TO_PARENT,
                deletion.freed().map(ByteCount::bytes).orElse(null),
                deletion.memory().bytes(),
                deletion.copied().map(ByteCount::bytes).orElse(null),
                deletion.expected()
                        .map(Duration::toMillis)
                        .map(millis -> millis / MILLIS)
                        .orElse(null));
    }
}
