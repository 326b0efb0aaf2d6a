package cloud.stasis.image.repository;

import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/// Makes one process at a time the one that collects, or that scrubs, among all that have the store open. A holder
/// that gives no sign of life is taken over; if it lives after all, every step that it tries fails, because its
/// note says something else by now.
final class UpkeepLease {
    private static final Logger LOG = Logger.getLogger(UpkeepLease.class);

    private final StoreState state;
    private final UpkeepBoard board;
    private final String what;
    private final Consumer<UpkeepNote> follower;
    private final ReentrantLock one = new ReentrantLock();
    private volatile Optional<Held> current = Optional.empty();

    /// @param what is done under it, for people
    /// @param follower hears of each step
    UpkeepLease(StoreState state, UpkeepBoard board, String what, Consumer<UpkeepNote> follower) {
        this.state = state;
        this.board = board;
        this.what = what;
        this.follower = follower;
    }

    /// @throws StasisException `TOO_BUSY` if somebody else has it
    Held acquire() {
        if (!one.tryLock()) {
            throw busy();
        }
        try {
            Held held = new Held(take());
            current = Optional.of(held);
            state.catalog.refresh();
            held.finish();
            return held;
        } catch (RuntimeException e) {
            current = Optional.empty();
            one.unlock();
            throw e;
        }
    }

    /// Shows the others that the holder lives, if it is this process; else looks whether the holder does.
    void beat() {
        Optional<Held> held = current;
        if (held.isPresent()) {
            beat(held.get());
        } else {
            UpkeepBoard.Posted posted = board.look();
            posted.bytes().ifPresent(bytes -> state.watch.unchanged(board.name(), bytes));
        }
    }

    private void beat(Held held) {
        try {
            held.beat();
        } catch (StasisException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            LOG.warnf("Another replica took over what=%s", what);
        }
    }

    private UpkeepBoard.Posted take() {
        UpkeepBoard.Posted seen = board.look();
        UpkeepNote note = seen.note();
        boolean ours = note.isHeldBy(state.replica.id());
        if (note.phase() != UpkeepNote.Phase.IDLE && !ours) {
            if (seen.bytes()
                    .filter(bytes -> state.watch.unchanged(board.name(), bytes).compareTo(state.pace.silence()) >= 0)
                    .isEmpty()) {
                throw busy();
            }
            LOG.warnf(
                    "A replica that died is taken over what=%s replicaId=%s phase=%s",
                    what, note.holder(), note.phase());
        }
        try {
            return board.replace(
                    seen,
                    note.phase() == UpkeepNote.Phase.SENTENCED
                            ? note.inherited(state.replica.id())
                            : note.held(state.replica.id()));
        } catch (StasisException e) {
            throw e.code() == ErrorCode.STALE_GENERATION ? busy() : e;
        }
    }

    private StasisException busy() {
        return new StasisException(
                ErrorCode.TOO_BUSY,
                "another " + what + " is at work: wait until it has ended, it may be of another replica");
    }

    /// The right to remove things, until it is closed or taken over. Every step fails with `STALE_GENERATION` once
    /// it was taken over.
    final class Held implements AutoCloseable {
        private UpkeepBoard.Posted posted;
        private boolean closed;

        private Held(UpkeepBoard.Posted posted) {
            this.posted = posted;
        }

        synchronized UpkeepNote propose(List<ObjectName> objects) {
            return step(posted.note().proposing(objects));
        }

        /// Condemns for good, and removes.
        void sentence(List<ObjectName> objects, UpkeepNote.Way way) {
            synchronized (this) {
                step(posted.note().sentencing(objects, way));
            }
            finish();
        }

        /// Gives a proposal up.
        synchronized void pardon() {
            follower.accept(step(posted.note().working()));
        }

        @Override
        public void close() {
            try {
                synchronized (this) {
                    closed = true;
                    current = Optional.empty();
                    follower.accept(step(posted.note().released()));
                }
            } catch (StasisException e) {
                LOG.warnf("The upkeep was not given back, and is taken over later what=%s code=%s", what, e.code());
            } finally {
                one.unlock();
            }
        }

        /// A sign of life; by the way, finds out whether it was taken over.
        synchronized void beat() {
            // Given back meanwhile: the note is somebody else's to change.
            if (!closed) {
                step(posted.note().beaten());
            }
        }

        /// Carries a sentence out, an inherited one too. Removing what is gone does no harm.
        private void finish() {
            UpkeepNote note;
            synchronized (this) {
                note = posted.note();
            }
            if (note.phase() != UpkeepNote.Phase.SENTENCED) {
                return;
            }
            follower.accept(note);
            // A manifest goes before what it names.
            for (ObjectName.Kind kind : List.of(ObjectName.Kind.MANIFEST, ObjectName.Kind.PACK)) {
                for (ObjectName object : note.condemned()) {
                    if (object.kind() == kind) {
                        remove(object, note.way());
                    }
                }
            }
            synchronized (this) {
                follower.accept(step(posted.note().working()));
            }
        }

        private void remove(ObjectName object, UpkeepNote.Way way) {
            switch (way) {
                case DELETE -> state.store.delete(object);
                case QUARANTINE -> state.store.quarantine(object);
            }
        }

        private UpkeepNote step(UpkeepNote next) {
            posted = board.replace(posted, next);
            return next;
        }
    }
}
