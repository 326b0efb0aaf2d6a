package cloud.stasis.compute.protect;

import cloud.stasis.compute.protect.EpochTaker.Taken;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Epochs that were taken and are not acknowledged yet, in files. Bounded in number and in bytes: whoever takes
/// epochs waits for room. Any thread.
final class Outbox {
    /// One that travels and others that wait for it: more would only make the standby older.
    static final int MOST = 4;

    /// Beyond this a single epoch still finds room, if it is alone.
    static final ByteCount MOST_BYTES = ByteCount.ofGib(1);

    private final Deque<Taken> waiting = new ArrayDeque<>();
    private long bytes;

    synchronized boolean hasRoom() {
        return waiting.isEmpty() || waiting.size() < MOST && bytes < MOST_BYTES.bytes();
    }

    /// @return whether there was room at once
    synchronized boolean awaitRoom(long millis) throws InterruptedException {
        if (!hasRoom()) {
            wait(millis);
        }
        return hasRoom();
    }

    synchronized void add(Taken taken) {
        waiting.add(taken);
        bytes += taken.bytes();
        notifyAll();
    }

    /// The one that is to be sent next; waits a while for one.
    synchronized Optional<Taken> next(long millis) throws InterruptedException {
        if (waiting.isEmpty()) {
            wait(millis);
        }
        return Optional.ofNullable(waiting.peek());
    }

    /// All up to this one are on the standby.
    synchronized void acknowledged(long epoch) {
        while (!waiting.isEmpty() && waiting.peek().epoch() <= epoch) {
            drop(waiting.remove());
        }
        notifyAll();
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// None of them is of use any more.
    synchronized void clear() {
        waiting.forEach(this::drop);
        waiting.clear();
        notifyAll();
    }

    private void drop(Taken taken) {
        bytes -= taken.bytes();
        HostFiles.delete(taken.file());
    }
}
