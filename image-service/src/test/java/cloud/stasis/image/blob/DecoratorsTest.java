package cloud.stasis.image.blob;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.model.ByteCount;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecoratorsTest {
    @TempDir
    Path directory;

    @Test
    void aPackThatIsReadOftenIsFetchedOnceAndWhole() throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        byte[] bytes = Stores.noise(1_000_000, 1);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        try (BlobStore store = cached(calls, ByteCount.ofMib(2));
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            store.put(name, bytes);
            List<Callable<Boolean>> readers = new ArrayList<>();
            for (int reader = 0; reader < 100; reader++) {
                int offset = reader * 10_000;
                readers.add(() ->
                        Arrays.equals(read(store, name, offset), Arrays.copyOfRange(bytes, offset, offset + 10_000)));
            }
            for (Future<Boolean> reader : threads.invokeAll(readers)) {
                assertThat(reader.get()).isTrue();
            }
            assertThat(calls.stream().filter("get"::equals)).hasSize(1);
            assertThat(calls.stream().filter("read"::equals)).hasSizeLessThanOrEqualTo(3);

            store.get(name, ByteCount.ofMib(1));
            assertThat(calls.stream().filter("get"::equals))
                    .as("whole objects come from the store")
                    .hasSize(2);
        }
    }

    @Test
    void aCacheHoldsNoMoreThanItMayAndForgetsWhatIsDeleted() {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        try (BlobStore store = cached(calls, ByteCount.ofMib(2))) {
            List<ObjectName> names = new ArrayList<>();
            for (int pack = 0; pack < 4; pack++) {
                byte[] bytes = Stores.noise(900_000, pack);
                names.add(ObjectName.newPack(Sha256.of(bytes)));
                store.put(names.getLast(), bytes);
                for (int time = 0; time < 5; time++) {
                    read(store, names.getLast(), 0);
                }
            }
            calls.clear();
            read(store, names.getLast(), 0);
            assertThat(calls).as("the latest is here").isEmpty();
            read(store, names.getFirst(), 0);
            assertThat(calls).as("the oldest is not").isNotEmpty();

            store.delete(names.getLast());
            assertThat(store.exists(names.getLast())).isFalse();
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> read(store, names.getLast(), 0))
                    .isInstanceOf(cloud.stasis.model.StasisException.class);
        }
    }

    @Test
    void noMoreCallsAndBytesThanAllowed() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        BlobStore watched = Stores.around(LocalBlobStore.open(directory.resolve("store")), (call, work) -> {
            if (call.equals("put")) {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                Thread.yield();
                try {
                    return work.call();
                } finally {
                    now.decrementAndGet();
                }
            }
            return work.call();
        });
        try (BlobStore store = new LimitedBlobStore(watched, ByteCount.ofMib(4), 2);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            long begin = System.nanoTime();
            List<Callable<Boolean>> writers = new ArrayList<>();
            for (int writer = 0; writer < 12; writer++) {
                byte[] bytes = Stores.noise(1024 * 1024, writer);
                writers.add(() -> {
                    store.put(ObjectName.newPack(Sha256.of(bytes)), bytes);
                    return true;
                });
            }
            for (Future<Boolean> writer : threads.invokeAll(writers)) {
                writer.get();
            }
            // 12 MiB at 4 MiB/s, of which the first second was saved up, and the last pack is not waited for.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(1600));
            assertThat(most.get()).isLessThanOrEqualTo(2);
        }
    }

    private BlobStore cached(List<String> calls, ByteCount most) {
        BlobStore watched = Stores.watched(LocalBlobStore.open(directory.resolve("store")), calls::add);
        return CachingBlobStore.in(directory.resolve("cache"), watched, most);
    }

    private static byte[] read(BlobStore store, ObjectName name, long offset) {
        ByteBuffer into = ByteBuffer.allocate(10_000);
        store.read(name, offset, into);
        return into.array();
    }
}
