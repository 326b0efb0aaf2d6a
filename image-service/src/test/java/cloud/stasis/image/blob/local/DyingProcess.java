package cloud.stasis.image.blob.local;

import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A process that does the same work in many stores at once, and dies, as if by kill -9, in the middle of all of them:
/// in each at another write point. Whoever comes to the point of its store, or to any write point of that store
/// afterwards, goes no further; when that has happened in all of them, the process is no more. Starts of processes are
/// dear, and no store knows of the others. `DyingProcess <work> <image> <n>=<directory>...`
final class DyingProcess {
    static final int DIED = 137;

    /// Said of a store whose work came to its end before the n-th write point.
    static final String LIVED = "lived";

    static final String FAILED = "failed";

    /// What it does, and says when it is acknowledged.
    enum Work {
        SEAL {
            @Override
            void run(LocalBlobStore store, ReferenceName name, Consumer<String> say) {
                CrashingStore.seal(store, name, say);
            }
        },
        CHANGE {
            @Override
            void run(LocalBlobStore store, ReferenceName name, Consumer<String> say) {
                CrashingChange.change(store, name, say);
            }
        },
        COLLECT {
            @Override
            void run(LocalBlobStore store, ReferenceName name, Consumer<String> say) {
                CrashingCollector.collect(store);
            }
        },
        SCRUB {
            @Override
            void run(LocalBlobStore store, ReferenceName name, Consumer<String> say) {
                CrashingScrubber.scrub(store);
            }
        };

        abstract void run(LocalBlobStore store, ReferenceName name, Consumer<String> say);
    }

    private final Path root;
    private final int last;
    private final AtomicInteger reached = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);

    private DyingProcess(Path root, int last) {
        this.root = root;
        this.last = last;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Work work = Work.valueOf(arguments[0]);
        ReferenceName name = ReferenceName.of(ImageId.parse(arguments[1]));
        List<DyingProcess> lives = new ArrayList<>();
        for (int at = 2; at < arguments.length; at++) {
            String[] pair = arguments[at].split("=", 2);
            lives.add(new DyingProcess(Path.of(pair[1]), Integer.parseInt(pair[0])));
        }
        for (DyingProcess life : lives) {
            Thread.ofPlatform().daemon().start(() -> life.live(work, name));
        }
        for (DyingProcess life : lives) {
            life.over.await();
        }
        Runtime.getRuntime().halt(DIED);
    }

    /// Where it is said what was acknowledged.
    static Path said(Path root) {
        return root.resolveSibling(root.getFileName() + ".said");
    }

    private void live(Work work, ReferenceName name) {
        try {
            work.run(LocalBlobStore.open(root, _ -> come()), name, this::say);
            say(LIVED);
        } catch (RuntimeException e) {
            say(FAILED + " " + e);
        }
        over.countDown();
    }

    private void come() {
        if (reached.incrementAndGet() >= last) {
            over.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new AssertionError("the dead were woken", e);
            }
        }
    }

    private void say(String what) {
        try {
            Files.writeString(said(root), what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
