package cloud.stasis.image.repository;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Does the same with many things, some at once: a bucket answers each request late, and many at once as soon.
final class Parallel {
    private Parallel() {}

    /// @param most threads at once
    /// @throws StasisException the first that one of them throws; the others may have been done or not
    static <T> void forEach(int most, Collection<T> things, Consumer<T> work) {
        if (things.size() <= 1) {
            things.forEach(work);
            return;
        }
        Iterator<T> rest = things.iterator();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < Math.min(most, things.size()); worker++) {
                workers.add(threads.submit(() -> drain(rest, work)));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "reading the store was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static <T> void drain(Iterator<T> rest, Consumer<T> work) {
        while (true) {
            T next;
            synchronized (rest) {
                if (!rest.hasNext()) {
                    return;
                }
                next = rest.next();
            }
            work.accept(next);
        }
    }
}
