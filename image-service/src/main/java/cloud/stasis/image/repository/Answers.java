package cloud.stasis.image.repository;

import cloud.stasis.image.blob.NoteName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Asks the other replicas what they need of a proposal. Who does not answer and gives no sign of life is given up.
final class Answers {
    private static final Logger LOG = Logger.getLogger(Answers.class);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /// A replica that lives and does not answer is ill: the collection is given up.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final StoreState state;
    private final long revision;

    Answers(StoreState state, long revision) {
        this.state = state;
        this.revision = revision;
    }

    /// @throws StasisException `TOO_BUSY`
    List<ReplicaNote> await() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (true) {
                Optional<List<ReplicaNote>> answers = all();
                if (answers.isPresent()) {
                    return answers.get();
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new StasisException(
                            ErrorCode.TOO_BUSY, "a replica of the image service lives and does not answer: restart it");
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "the upkeep of the store was interrupted", e);
        }
    }

    private Optional<List<ReplicaNote>> all() {
        List<ReplicaNote> answers = new ArrayList<>();
        boolean complete = true;
        NoteName own = Replica.name(state.replica.id());
        for (NoteName name : state.store.notes(NoteName.Folder.REPLICAS)) {
            Optional<byte[]> bytes = name.equals(own) ? Optional.empty() : state.store.note(name);
            if (bytes.isEmpty()) {
                continue;
            }
            ReplicaNote note = decode(bytes.get());
            boolean silent = state.watch.unchanged(name, bytes.get()).compareTo(state.pace.silence()) >= 0;
            if (note.status() == ReplicaNote.Status.GIVEN_UP) {
                if (silent) {
                    // It comes back under another name whether it finds this or nothing.
                    state.store.dropNote(name);
                }
            } else if (note.seen() >= revision) {
                answers.add(note);
            } else if (!silent || !giveUp(name, bytes.get())) {
                complete = false;
            }
        }
        return complete ? Optional.of(answers) : Optional.empty();
    }

    /// Something damaged is nobody's answer, and nobody's sign of life.
    private static ReplicaNote decode(byte[] bytes) {
        try {
            return ReplicaNote.decode(bytes);
        } catch (StasisException e) {
            LOG.errorf("The note of a replica is damaged code=%s", e.code());
            return ReplicaNote.joining(Long.MIN_VALUE);
        }
    }

    /// @return false if it gave a sign of life just now
    private boolean giveUp(NoteName name, byte[] bytes) {
        try {
            state.store.setNote(name, Optional.of(bytes), ReplicaNote.GIVEN_UP.encode());
            LOG.warnf("A replica is silent and given up replicaId=%s", name.name());
            return true;
        } catch (StasisException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            return false;
        }
    }
}
