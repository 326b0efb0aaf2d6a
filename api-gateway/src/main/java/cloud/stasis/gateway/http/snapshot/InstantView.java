package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.snapshot.Instants;
import cloud.stasis.gateway.snapshot.SharedInstant;
import cloud.stasis.gateway.snapshot.SharedInstant.Measured;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One instant of several servers, as its tenant sees it.
///
/// @param status `creating`, `reverting` or `deleting` if that is done with one of its snapshots, else `failed` or
/// `available`
/// @param servers how many there were
/// @param whole whether there still is a snapshot of each
/// @param hosts on how many hosts the servers were
/// @param skewUs microseconds between the first server that stood still and the last; none went on in between
public record InstantView(
        String id,
        String name,
        String status,
        int servers,
        boolean whole,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Integer hosts,

        @JsonProperty("skew_us") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Long skewUs,

        List<MemberView> snapshots,

        @JsonProperty("taken_at") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        Instant takenAt,

        @JsonProperty("created_at") Instant createdAt) {

    public record MemberView(String id, String server, String status, boolean memory) {
        static MemberView of(Snapshot snapshot) {
            return new MemberView(
                    snapshot.id().toString(),
                    snapshot.instance().toString(),
                    snapshot.state().status(),
                    snapshot.sealed().isPresent()
                            ? snapshot.hasMemory()
                            : snapshot.asked().memory() == MemoryChoice.WITH_MEMORY);
        }
    }

    static InstantView of(Instants.Shown shown) {
        SharedInstant instant = shown.instant();
        Optional<Measured> measured = instant.measured();
        return new InstantView(
                instant.id().toString(),
                instant.name(),
                shown.status(),
                instant.servers(),
                shown.isWhole(),
                measured.map(Measured::hosts).orElse(null),
                measured.map(how -> how.skew().toNanos() / 1000).orElse(null),
                shown.members().stream().map(MemberView::of).toList(),
                measured.map(Measured::takenAt).orElse(null),
                instant.createdAt());
    }
}
