package cloud.stasis.compute.layers;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.InstanceId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Commands never wait for a fold, and each fold is done in the end.
@Timeout(60)
class FoldsTest {
    private final InstanceId id = InstanceId.random();
    private final InstanceId other = InstanceId.random();
    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final Folds folds = new Folds(this::fold, background, Folds.Later.NEVER);

    @AfterEach
    void close() {
        background.shutdownNow();
    }

    @Test
    void commandGoesBeforeTheFoldOfItsInstanceWhichIsDoneAfterIt() throws InterruptedException {
        folds.want(id);
        expect("begin " + id);

        folds.giveWay(List.of(id));
        expect("interrupted " + id);
        folds.giveWay(List.of(id));
        folds.over(List.of(id));
        assertThat(seen).as("another command is not over").isEmpty();
        slow.countDown();
        folds.over(List.of(id));

        expect("begin " + id);
        expect("done " + id);
        folds.over(List.of());
        background.shutdown();
        assertThat(background.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).as("it is done once").isEmpty();
    }

    @Test
    void commandForAnotherInstanceLeavesItAlone() throws InterruptedException {
        folds.want(id);
        expect("begin " + id);

        folds.giveWay(List.of(other));
        folds.want(other);
        slow.countDown();
        expect("done " + id);
        assertThat(seen).isEmpty();
        folds.over(List.of(other));

        expect("begin " + other);
        expect("done " + other);
    }

    @Test
    void withoutAThreadOfItsOwnItIsThereWhenTheCommandIsOver() {
        slow.countDown();
        Folds within = new Folds(this::fold, Runnable::run, Folds.Later.NEVER);

        within.giveWay(List.of(id));
        within.want(id);
        assertThat(seen).isEmpty();
        within.over(List.of(id));

        assertThat(seen).containsExactly("begin " + id, "done " + id);
    }

    @Test
    void whatFailsIsTriedAgainLaterAndLaterAndNotForEver() {
        AtomicInteger times = new AtomicInteger();
        List<Duration> delays = new ArrayList<>();
        Deque<Runnable> later = new ArrayDeque<>();
        Folds failing = new Folds(
                _ -> {
                    times.incrementAndGet();
                    return false;
                },
                Runnable::run,
                (delay, action) -> {
                    delays.add(delay);
                    later.add(action);
                });

        failing.want(id);
        while (!later.isEmpty()) {
            later.remove().run();
        }

        assertThat(times).hasValue(1 + Folds.RETRIES);
        assertThat(delays)
                .hasSize(Folds.RETRIES)
                .isSorted()
                .startsWith(Duration.ofSeconds(30), Duration.ofSeconds(60))
                .endsWith(Duration.ofHours(1));
        failing.want(id);
        assertThat(later).as("the next snapshot gives it another chance").hasSize(1);
    }

    @Test
    void whatSucceedsAtLastIsNotTriedAgain() {
        AtomicInteger times = new AtomicInteger();
        Deque<Runnable> later = new ArrayDeque<>();
        Folds failing = new Folds(_ -> times.incrementAndGet() == 2, Runnable::run, (_, action) -> later.add(action));

        failing.want(id);
        assertThat(later).hasSize(1);
        later.remove().run();

        assertThat(times).hasValue(2);
        assertThat(later).isEmpty();
    }

    private void expect(String event) throws InterruptedException {
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(event);
    }

    private boolean fold(InstanceId instance) {
        seen.add("begin " + instance);
        try {
            slow.await();
            seen.add("done " + instance);
            return true;
        } catch (InterruptedException e) {
            seen.add("interrupted " + instance);
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
