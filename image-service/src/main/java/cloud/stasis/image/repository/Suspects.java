package cloud.stasis.image.repository;

import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Packs of which somebody says that a blob of them came wrong: a reader in this service, or a client that may be
/// mistaken, or lie. Nothing is believed: the pack is read, and what is damaged goes out of sight as in a scrub. So
/// the next writer is told that the blob is missing, and brings it, instead of building on it.
///
/// Whoever lies costs one thread a tenth of its time at most, and nobody else anything.
final class Suspects implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Suspects.class);

    /// What is more is found by the scrub, or said again.
    private static final int MOST_WAITING = 1000;

    /// After a look it rests so many times as long as that took.
    private static final int REST = 9;

    /// A pack that was found good is not looked at again for a while, whoever says what.
    private static final Duration TRUST = Duration.ofMinutes(10);

    private static final int MOST_TRUSTED = 10_000;

    private final StoreState state;
    private final Set<ObjectName> waiting = new LinkedHashSet<>();
    private final Map<ObjectName, Duration> good = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectName, Duration> eldest) {
            return size() > MOST_TRUSTED;
        }
    };
    private boolean working;
    private boolean closed;

    Suspects(StoreState state) {
        this.state = state;
    }

    void add(Digest digest) {
        state.directory.find(digest).ifPresent(found -> add(found.pack()));
    }

    synchronized void add(ObjectName pack) {
        if (closed || waiting.size() == MOST_WAITING || isTrusted(pack) || !waiting.add(pack) || working) {
            return;
        }
        working = true;
        Thread.ofVirtual().name("suspects").start(this::work);
    }

    /// Whether there is nothing to look at.
    synchronized boolean isIdle() {
        return !working;
    }

    private boolean isTrusted(ObjectName pack) {
        Duration since = good.get(pack);
        return since != null && state.uptime.now().minus(since).compareTo(TRUST) < 0;
    }

    private void work() {
        try {
            ObjectName pack = next();
            while (pack != null) {
                long begin = System.nanoTime();
                examine(pack);
                rest(REST * (System.nanoTime() - begin));
                pack = next();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable ObjectName next() {
        if (closed || waiting.isEmpty()) {
            working = false;
            return null;
        }
        ObjectName pack = waiting.iterator().next();
        waiting.remove(pack);
        return pack;
    }

    private void examine(ObjectName pack) {
        try {
            if (!new Scrubber(state).examine(pack)) {
                LOG.warnf("A blob is said to have come wrong, and its pack is whole pack=%s", pack);
                trust(pack);
            }
        } catch (StasisException e) {
            LOG.warnf("A pack that may be damaged could not be looked at pack=%s code=%s", pack, e.code());
        }
    }

    private synchronized void trust(ObjectName pack) {
        good.remove(pack);
        good.put(pack, state.uptime.now());
    }

    private synchronized void rest(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (!closed) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
