package cloud.stasis.image.repository;

import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.References;
import cloud.stasis.image.blob.Slot;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Withdraws what a seal left pending that died in between, once it has been so for as long as a writer may be
/// silent. A seal that lives after all finds its reference changed, and begins again.
final class StalePending {
    private static final Logger LOG = Logger.getLogger(StalePending.class);

    private final StoreState state;

    StalePending(StoreState state) {
        this.state = state;
    }

    void withdraw() {
        for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
            for (ReferenceName name : state.references.names(kind)) {
                withdraw(name);
            }
        }
    }

    private void withdraw(ReferenceName name) {
        References.Seen seen = state.references.look(name);
        Optional<Slot> slot = seen.slot().filter(some -> some.pending().isPresent());
        if (slot.isEmpty() || seen.bytes().isEmpty()) {
            return;
        }
        NoteName note = NoteName.of(name);
        if (state.pendings.unchanged(note, seen.bytes().get()).compareTo(state.retention.silence()) < 0) {
            return;
        }
        try {
            state.references.set(seen, slot.get().withdraw(state.clock.instant()));
            LOG.warnf("A seal that never ended is withdrawn reference=%s", name);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
        }
    }
}
