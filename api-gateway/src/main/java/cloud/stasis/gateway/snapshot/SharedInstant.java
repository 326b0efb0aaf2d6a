package cloud.stasis.gateway.snapshot;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One instant of several servers, as read from its row. What there is of it are snapshots, one of
/// each server, which know it by their [Snapshot.Occasion]. It is gone when the last of them is.
///
/// @param servers how many there were
/// @param measured how it went, once it is over
public record SharedInstant(
        InstantId id,
        ProjectId project,
        UserId user,
        String name,
        int servers,
        Optional<Measured> measured,
        Instant createdAt) {

    /// @param takenAt when the first server stood still
    /// @param hosts on how many hosts the servers were
    /// @param skew between the first that stood still and the last;
    /// none went on in between. Of several hosts by their clocks
    public record Measured(Instant takenAt, int hosts, Duration skew) {}
}
