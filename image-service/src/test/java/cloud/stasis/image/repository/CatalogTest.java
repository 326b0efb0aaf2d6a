package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.testkit.Until;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean isOpen;

    /// The first look holds up two others; of these the one that comes first fails.
    @Test
    void whoWaitedForALookThatFailedLooksItself() throws Exception {
        try (Repository repository = Repository.open(
                Stores.watched(LocalBlobStore.open(directory), this::call),
                Clock.systemUTC(),
                () -> Duration.ZERO,
                Retention.STANDARD,
                Stores.ALONE)) {
            isOpen = true;
            Catalog catalog = repository.state().catalog;
            Look first = new Look(catalog);
            looking.await();
            List<Look> others = List.of(new Look(catalog), new Look(catalog));
            Until.reached(
                    DEADLINE, () -> others.stream().allMatch(look -> look.thread.getState() == Thread.State.WAITING));

            mayEnd.countDown();

            assertThat(first.failed()).isFalse();
            assertThat(others.stream().filter(Look::failed)).hasSize(1);
            assertThat(looks).as("the other one's, too").hasValue(3);
        }
    }

    private void call(String name) {
        if (!isOpen || !name.equals("list")) {
            return;
        }
        switch (looks.incrementAndGet()) {
            case 1 -> {
                looking.countDown();
                try {
                    mayEnd.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            case 2 -> throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "the store hiccups");
            default -> {}
        }
    }

    private static final class Look {
        final Thread thread;
        private final FutureTask<Void> task;

        Look(Catalog catalog) {
            task = new FutureTask<>(catalog::refresh, null);
            thread = Thread.ofPlatform().start(task);
        }

        boolean failed() {
            try {
                task.get();
                return false;
            } catch (ExecutionException e) {
                assertThat(e).hasRootCauseMessage("the store hiccups");
                return true;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
