package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Chooses the backend of a new volume that no source ties to one: of those that operators have not disabled and that
/// offer what its type asks for, the one with the most free space.
public final class BackendChoice {
    private final VolumeOffer offer;
    private final Shelf<BackendMark> marks;
    private final Fleet fleet;
    private final Clock clock;

    public BackendChoice(VolumeOffer offer, Shelf<BackendMark> marks, Fleet fleet, Clock clock) {
        this.offer = offer;
        this.marks = marks;
        this.fleet = fleet;
        this.clock = clock;
    }

    /// One that does not offer what is asked for, if none does.
    ///
    /// @throws StasisException `NO_VALID_HOST` if none lives
    BackendId choose(Optional<VolumeTypeId> type, ByteCount size) {
        return of(enabled(), type, size);
    }

    /// As [#choose], of those that a host reaches.
    BackendId reachedBy(HostId host, Optional<VolumeTypeId> type, ByteCount size) {
        List<Backend> all = fleet.backends();
        List<Backend> reached = enabled().stream()
                .filter(backend -> Placement.reaches(all, host, backend.id()))
                .toList();
        return of(reached, type, size);
    }

    private BackendId of(List<Backend> backends, Optional<VolumeTypeId> type, ByteCount size) {
        List<Backend> offering = offer.offering(type, backends);
        return Placement.backend(offering.isEmpty() ? backends : offering, size, clock.instant());
    }

    private List<Backend> enabled() {
        return fleet.backends().stream()
                .filter(backend -> marks.find(BackendMark.keyOf(backend.id())).isEmpty())
                .toList();
    }
}
