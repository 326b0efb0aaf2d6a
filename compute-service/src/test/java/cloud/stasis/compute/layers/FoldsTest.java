package cloud.stasis.compute.layers;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.InstanceId;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
    private final Folds folds = new Folds(this::fold, background);

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
        Folds within = new Folds(this::fold, Runnable::run);

        within.giveWay(List.of(id));
        within.want(id);
        assertThat(seen).isEmpty();
        within.over(List.of(id));

        assertThat(seen).containsExactly("begin " + id, "done " + id);
    }

    private void expect(String event) throws InterruptedException {
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(event);
    }

    private void fold(InstanceId instance) {
        seen.add("begin " + instance);
        try {
            slow.await();
            seen.add("done " + instance);
        } catch (InterruptedException e) {
            seen.add("interrupted " + instance);
            Thread.currentThread().interrupt();
        }
    }
}
