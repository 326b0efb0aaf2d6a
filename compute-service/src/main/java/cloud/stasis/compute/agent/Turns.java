package cloud.stasis.compute.agent;

import cloud.stasis.model.InstanceId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// One at a time works on an instance: commands, which the bus has in order already, and what the agent does by itself.
final class Turns {
    /// Some bytes for each instance that this process has seen.
    private final Map<InstanceId, ReentrantLock> locks = new ConcurrentHashMap<>();

    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits for all of them. In one order, so that no two wait for each other.
    Turn take(Collection<InstanceId> instances) {
        Deque<ReentrantLock> taken = new ArrayDeque<>();
        instances.stream()
                .distinct()
                .sorted(java.util.Comparator.comparing(InstanceId::toString))
                .forEach(id -> {
                    ReentrantLock lock = locks.computeIfAbsent(id, ignored -> new ReentrantLock());
                    lock.lock();
                    taken.push(lock);
                });
        return () -> taken.forEach(ReentrantLock::unlock);
    }
}
