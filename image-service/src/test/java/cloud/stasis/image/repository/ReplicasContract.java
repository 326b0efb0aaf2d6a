package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.testkit.Until;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What must hold when several processes have one store open. Each "process" is a repository with a backend, a
/// time and a heart of its own.
public abstract class ReplicasContract {
    private static final Logger LOG = Logger.getLogger(ReplicasContract.class);

    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final ByteCount FAST = ByteCount.ofGib(1024);
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final Duration WEEK = Duration.ofDays(7);

    /// Nobody is given up in these tests unless time is made to pass.
    private static final Pace PACE = new Pace(Duration.ofMillis(20), Duration.ofMinutes(30));

    /// Of who says after each step how far it is.
    private static final Pace EVER_BEATING = new Pace(Duration.ZERO, PACE.silence());

    private final List<Process> processes = new ArrayList<>();

    /// The same store each time within a test.
    protected abstract BlobStore openBackend();

    /// How often the writers of the large test write.
    protected abstract int rounds();

    /// One process that has the store open.
    private final class Process {
        final AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
        final Repository repository;
        final Thread heart;
        private volatile boolean living = true;

        /// @param calls hears of each call to the backend before it is made
        Process(Retention retention, Clock clock, Pace pace, Consumer<String> calls) {
            repository = Repository.open(
                    new VerifyingBlobStore(Stores.watched(openBackend(), calls)), clock, time::get, retention, pace);
            heart = Thread.ofPlatform().daemon().start(this::live);
            processes.add(this);
        }

        void pass(Duration some) {
            time.updateAndGet(now -> now.plus(some));
        }

        /// As far as the others can tell. Never in the middle of a write: a beat of which it does not know whether it
        /// was written would come back under a second name, and the first one has nobody who answers.
        void dies() throws InterruptedException {
            living = false;
            heart.join();
        }

        /// A beat that failed is followed by the next one, as in the service.
        private void live() {
            try {
                while (living) {
                    try {
                        repository.beat();
                    } catch (StasisException e) {
                        LOG.warnf(e, "A beat failed");
                    }
                    Thread.sleep(PACE.beat());
                }
            } catch (InterruptedException e) {
                // The end.
            }
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.dies();
            process.repository.close();
        }
        processes.clear();
    }

    @Test
    void oneSeesWhatAnotherWrote() {
        Process one = process();
        Process other = process();
        byte[] bytes = Stores.noise(5 * LEAF, 1);
        Content content = Stores.put(one.repository, bytes);
        ReferenceName name = ReferenceName.of(ImageId.random());

        assertThat(read(other, content)).as("packs").isEqualTo(bytes);
        other.repository.seal(name, Stores.image(content));
        assertThat(one.repository.reference(name)).isPresent();
        assertThat(one.repository.manifest(
                        one.repository.reference(name).orElseThrow().manifest()))
                .isEqualTo(Stores.image(content));
        one.repository.drop(name);
        assertThat(other.repository.reference(name)).isEmpty();
    }

    @Test
    void aCollectorLeavesWhatAWriterOfAnotherReplicaWasTold() {
        Process one = process();
        Process other = process();
        byte[] old = Stores.noise(5 * LEAF, 2);
        ReferenceName oldName = ReferenceName.of(ImageId.random());
        one.repository.seal(oldName, Stores.image(Stores.put(one.repository, old)));
        one.repository.drop(oldName);
        // Long ago, for both.
        read(other, Stores.put(one.repository, old));
        one.pass(Duration.ofDays(1));
        other.pass(Duration.ofDays(1));
        ReferenceName name = ReferenceName.of(ImageId.random());
        Content content = put(other.repository.exchangeFor(name.toString()), old);

        one.repository.collector().collect();

        other.repository.seal(name, Stores.image(content));
        assertThat(read(other, content)).isEqualTo(old);
        assertThat(read(one, content)).isEqualTo(old);
    }

    /// As when the machine that both are on was stopped: who wakes up first finds the other one as it was.
    @Test
    void whoSleptTakesNobodyForDeadThatSleptToo() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Process one = process(call -> {
            if (call.equals("notes")) {
                looks.incrementAndGet();
            }
        });
        Process other = process();
        byte[] bytes = Stores.noise(5 * LEAF, 31);
        read(other, Stores.put(one.repository, bytes));
        one.dies();
        other.dies();
        one.repository.beat();
        one.pass(Duration.ofDays(1));
        other.pass(Duration.ofDays(1));
        ReferenceName name = ReferenceName.of(ImageId.random());
        Content content = put(other.repository.exchangeFor(name.toString()), bytes);

        CompletableFuture<Collected> collection =
                CompletableFuture.supplyAsync(() -> one.repository.collector().collect());
        Until.reached(DEADLINE, () -> other.repository.state().removal.read().phase() == UpkeepNote.Phase.PROPOSED);
        int before = looks.get();
        Until.reached(DEADLINE, () -> collection.isDone() || looks.get() > before + 1);
        other.repository.beat();

        assertThat(collection.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).packsRemoved())
                .isZero();
        other.repository.seal(name, Stores.image(content));
        assertThat(read(other, content)).isEqualTo(bytes);
        assertThat(read(one, content)).isEqualTo(bytes);
    }

    @Test
    void whatNobodyNeedsGoesAndTheOthersNotice() {
        Process one = process();
        Process other = process();
        byte[] bytes = Stores.noise(5 * LEAF, 3);
        Content content = Stores.put(one.repository, bytes);
        assertThat(read(other, content)).isEqualTo(bytes);
        one.pass(Duration.ofDays(1));
        other.pass(Duration.ofDays(1));

        assertThat(one.repository.collector().collect().packsRemoved()).isOne();

        ReferenceName name = ReferenceName.of(ImageId.random());
        assertFails(ErrorCode.MISSING_OBJECT, () -> other.repository.seal(name, Stores.image(content)));
        assertThat(other.repository.reference(name)).isEmpty();
        // The same bytes, the same pack: it is stored anew.
        assertThat(Stores.put(other.repository, bytes)).isEqualTo(content);
        other.repository.seal(name, Stores.image(content));
        assertThat(read(one, content)).isEqualTo(bytes);
    }

    @Test
    void ofTwoCollectorsOneIsRefused() throws Exception {
        CountDownLatch deleting = new CountDownLatch(1);
        CountDownLatch mayDelete = new CountDownLatch(1);
        Process one = process(stopping("delete", deleting, mayDelete));
        Process other = process();
        assertThat(read(other, Stores.put(one.repository, Stores.noise(5 * LEAF, 4))))
                .isNotEmpty();
        one.pass(Duration.ofDays(1));
        other.pass(Duration.ofDays(1));
        CompletableFuture<Collected> first =
                CompletableFuture.supplyAsync(() -> one.repository.collector().collect());
        await(deleting);

        assertFails(ErrorCode.TOO_BUSY, () -> other.repository.collector().collect());

        mayDelete.countDown();
        assertThat(first.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).packsRemoved())
                .isOne();
        assertThat(other.repository.collector().collect().packsRemoved()).isZero();
    }

    /// The process sleeps where it hurts most: it has decided, and not yet removed.
    @Test
    void aCollectorThatWakesUpAfterItWasTakenOverRemovesNothingThatIsNeeded() throws Exception {
        // It holds, proposes, answers itself, and then sentences.
        sleepAndBeTakenOver("setNote", 4);
        sleepAndBeTakenOver("delete", 1);
    }

    private void sleepAndBeTakenOver(String call, int time) throws Exception {
        Sleep sleep = new Sleep(call, time);
        Process sleeper = process(sleep);
        Process other = process();
        byte[] bytes = Stores.noise(5 * LEAF, time);
        Content content = Stores.put(sleeper.repository, bytes);
        assertThat(read(other, content)).isEqualTo(bytes);
        sleeper.pass(Duration.ofDays(1));
        other.pass(Duration.ofDays(1));
        sleeper.dies();
        CompletableFuture<Collected> late =
                sleep.during(() -> sleeper.repository.collector().collect());

        collectWhileTimePasses(other);
        assertThat(other.repository.blobs()).isZero();
        ReferenceName name = ReferenceName.of(ImageId.random());
        Content again = put(other.repository.exchangeFor(name.toString()), bytes);
        other.repository.seal(name, Stores.image(again));
        sleep.wakes.countDown();

        assertThat(late.handle((_, failure) -> failure != null).get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("it finds out")
                .isTrue();
        assertThat(read(other, again)).isEqualTo(bytes);
        assertThat(read(process(), again)).as("for one that starts now").isEqualTo(bytes);
        other.repository.drop(name);
        end();
    }

    /// The collector has looked who names it, and not yet sentenced it.
    @Test
    void aManifestThatIsAboutToGoIsStoredAnewByWhoSealsItAgain() throws Exception {
        Sleep sleep = new Sleep("setNote", 4);
        Process collecting = process(sleep);
        Process other = process();
        byte[] bytes = Stores.noise(5 * LEAF, 30);
        ReferenceName gone = ReferenceName.of(ImageId.random());
        collecting.repository.seal(gone, Stores.image(Stores.put(collecting.repository, bytes)));
        collecting.repository.drop(gone);
        collecting.pass(Duration.ofDays(1));
        other.pass(Duration.ofDays(1));
        collecting.dies();
        CompletableFuture<Collected> collection =
                sleep.during(() -> collecting.repository.collector().collect());
        ReferenceName name = ReferenceName.of(ImageId.random());
        Content content = put(other.repository.exchangeFor(name.toString()), bytes);
        other.repository.seal(name, Stores.image(content));

        sleep.wakes.countDown();
        assertThat(collection.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).manifests())
                .isOne();

        for (Process reader : List.of(other, process())) {
            assertThat(reader.repository.manifest(
                            reader.repository.reference(name).orElseThrow().manifest()))
                    .isEqualTo(Stores.image(content));
            assertThat(read(reader, content)).isEqualTo(bytes);
        }
    }

    @Test
    void aSealThatSleptBeforeItTookHoldIsRefusedIfSomethingIsGone() throws Exception {
        assertThat(sealThatSleeps(1, 1)).isFalse();
    }

    @Test
    void aSealThatSleepsAfterItTookHoldKeepsWhatItNeeds() throws Exception {
        assertThat(sealThatSleeps(2, 1)).isTrue();
    }

    @Test
    void aSealThatSleepsForDaysIsRefused() throws Exception {
        assertThat(sealThatSleeps(2, 3)).isFalse();
    }

    /// @param time before which change of the reference it sleeps: 1 is "pending", 2 is "visible"
    /// @return whether it succeeded
    private boolean sealThatSleeps(int time, int collections) throws Exception {
        Sleep sleep = new Sleep("setNote", time);
        Process sleeper = process(sleep);
        Process other = process();
        byte[] bytes = Stores.noise(5 * LEAF, 100);
        Content content = Stores.put(sleeper.repository, bytes);
        assertThat(read(other, content)).isEqualTo(bytes);
        sleeper.dies();
        ReferenceName name = ReferenceName.of(ImageId.random());
        CompletableFuture<Boolean> seal = sleep.during(() -> sleeper.repository.seal(name, Stores.image(content)))
                .handle((id, _) -> id != null);
        for (int collection = 0; collection < collections; collection++) {
            collectWhileTimePasses(other);
        }
        sleep.wakes.countDown();

        boolean sealed = seal.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

        assertThat(other.repository.reference(name).isPresent()).isEqualTo(sealed);
        if (sealed) {
            assertThat(read(other, content)).isEqualTo(bytes);
            assertThat(other.repository.manifest(
                            other.repository.reference(name).orElseThrow().manifest()))
                    .isEqualTo(Stores.image(content));
        }
        return sealed;
    }

    /// Stops who makes a call for the n-th time, once it is armed.
    private static final class Sleep implements Consumer<String> {
        private final String call;
        private final int time;
        private final AtomicInteger calls = new AtomicInteger();
        private final CountDownLatch sleeping = new CountDownLatch(1);
        private final CountDownLatch wakes = new CountDownLatch(1);
        private volatile boolean armed;

        Sleep(String call, int time) {
            this.call = call;
            this.time = time;
        }

        @Override
        public void accept(String made) {
            if (armed && made.equals(call) && calls.incrementAndGet() == time) {
                sleeping.countDown();
                ReplicasContract.await(wakes);
            }
        }

        <T> CompletableFuture<T> during(Callable<T> work) {
            armed = true;
            CompletableFuture<T> result = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    result.complete(work.call());
                } catch (Exception | AssertionError e) {
                    result.completeExceptionally(e);
                }
            });
            // Work that ends before it sleeps says why at once.
            CompletableFuture.anyOf(
                            CompletableFuture.runAsync(() -> ReplicasContract.await(sleeping)),
                            result.thenAccept(done ->
                                    assertThat(done).as("what ended too early").isNull()))
                    .join();
            return result;
        }
    }

    /// Half hours pass, until a collection was done: whoever is silent is given up.
    private static void collectWhileTimePasses(Process process) throws Exception {
        process.pass(Duration.ofDays(1));
        AtomicBoolean done = new AtomicBoolean();
        Thread time = Thread.ofPlatform().daemon().start(() -> {
            while (!done.get()) {
                process.pass(PACE.silence().plusSeconds(1));
                try {
                    Thread.sleep(100);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        try {
            Until.reached(DEADLINE, () -> {
                try {
                    process.repository.collector().collect();
                    return true;
                } catch (StasisException e) {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.TOO_BUSY);
                    return false;
                }
            });
        } finally {
            done.set(true);
            time.join();
        }
    }

    @Test
    void whoWasGivenUpComesBackAndServesWhatIsThere() throws Exception {
        Process one = process();
        Process other = process();
        byte[] bytes = Stores.noise(5 * LEAF, 5);
        Content content = Stores.put(one.repository, bytes);
        assertThat(read(other, content)).isEqualTo(bytes);
        other.dies();
        one.pass(Duration.ofDays(1));
        collectWhileTimePasses(one);
        assertThat(one.repository.blobs()).isZero();

        other.repository.beat();

        assertFails(ErrorCode.MISSING_OBJECT, () -> read(other, content));
        assertThat(read(one, Stores.put(other.repository, bytes))).isEqualTo(bytes);
        try (BlobStore store = openBackend()) {
            assertThat(store.notes(NoteName.Folder.REPLICAS)).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    /// The clock of the machine may say what it wants: nothing but what people read depends on it.
    @Test
    void clocksThatJumpChangeNothing() {
        Process past = process(clock("1971-01-01T00:00:00Z"), _ -> {});
        Process future = process(clock("2999-01-01T00:00:00Z"), _ -> {});
        byte[] bytes = Stores.noise(5 * LEAF, 6);
        ReferenceName name = ReferenceName.of(ImageId.random());
        past.repository.seal(name, Stores.image(Stores.put(past.repository, bytes)));
        past.pass(Duration.ofDays(1));
        Content lately = put(past.repository.exchangeFor("image/writer"), Stores.noise(5 * LEAF, 7));
        assertThat(read(future, lately)).isNotEmpty();

        future.repository.collector().collect();
        past.repository.collector().collect();

        assertThat(read(future, lately)).isNotEmpty();
        assertThat(future.repository.reference(name)).isPresent();
    }

    @Test
    void aScrubOfOneReplicaLeavesTheOthersAbleToRead() {
        Process one = process();
        Process other = process();
        byte[] good = Stores.noise(5 * LEAF, 8);
        byte[] bad = Stores.noise(5 * LEAF, 9);
        ReferenceName name = ReferenceName.of(ImageId.random());
        Content content = Stores.put(one.repository, good);
        one.repository.seal(name, Stores.image(content));
        assertThat(read(other, content)).isEqualTo(good);
        Content damaged = damage(one, bad);

        ScrubReport report = other.repository.scrubber().scrub(FAST);

        assertThat(report.damages()).hasSize(1);
        assertThat(read(one, content)).isEqualTo(good);
        assertFails(
                ErrorCode.MISSING_OBJECT,
                () -> one.repository.seal(ReferenceName.of(ImageId.random()), Stores.image(damaged)));
        assertThat(read(other, Stores.put(one.repository, bad))).isEqualTo(bad);
    }

    /// A scrub reads for days: whoever goes on with it begins where it was cut off, and what was read is not due again.
    @Test
    void aScrubThatWasCutOffGoesOnWhereItWas() {
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        AtomicInteger gets = new AtomicInteger();
        Process one = new Process(Retention.STANDARD, Clock.systemUTC(), EVER_BEATING, call -> {
            if (call.equals("get") && left.decrementAndGet() < 0) {
                throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "killed");
            }
        });
        for (int pack = 0; pack < 6; pack++) {
            Stores.put(one.repository, Stores.noise(LEAF, 40 + pack));
        }
        left.set(4);
        assertFails(ErrorCode.STORE_UNAVAILABLE, () -> one.repository.scrubber().scrubIfDue(WEEK, FAST));
        Process other = process(call -> {
            if (call.equals("get")) {
                gets.incrementAndGet();
            }
        });

        Optional<ScrubReport> rest = other.repository.scrubber().scrubIfDue(WEEK, FAST);

        assertThat(rest)
                .hasValueSatisfying(report -> assertThat(report.isClean()).isTrue());
        assertThat(gets.get()).isEqualTo(2);
        left.set(Integer.MAX_VALUE);
        for (Process process : List.of(one, other, process())) {
            assertThat(process.repository.scrubber().scrubIfDue(WEEK, FAST))
                    .as("it is not due, for whoever asks")
                    .isEmpty();
        }
        Process nextWeek = process(Clock.offset(Clock.systemUTC(), WEEK), _ -> {});
        assertThat(nextWeek.repository.scrubber().scrubIfDue(WEEK, FAST))
                .hasValueSatisfying(report -> assertThat(report.objects()).isEqualTo(6));
    }

    @Test
    void ofTwoReplicasOneScrubsAndTheOtherSaysNothing() throws Exception {
        Sleep sleep = new Sleep("get", 1);
        Process one = process(sleep);
        Process other = process();
        Stores.put(one.repository, Stores.noise(LEAF, 50));
        CompletableFuture<Optional<ScrubReport>> scrub =
                sleep.during(() -> one.repository.scrubber().scrubIfDue(WEEK, FAST));

        assertThat(other.repository.scrubber().scrubIfDue(WEEK, FAST)).isEmpty();

        sleep.wakes.countDown();
        assertThat(scrub.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isPresent();
        assertThat(other.repository.scrubber().scrubIfDue(WEEK, FAST)).isEmpty();
    }

    /// What one proposal holds is all needed; garbage that does not fit into it is behind that.
    @Test
    void garbageBehindWhatIsNeededIsReached() {
        Process one = process();
        Process other = process();
        List<byte[]> packs = IntStream.range(0, 5)
                .mapToObj(seed -> Stores.noise(LEAF, 60 + seed))
                .toList();
        packs.forEach(bytes -> read(other, Stores.put(one.repository, bytes)));
        one.pass(Duration.ofDays(1));
        other.pass(Duration.ofDays(1));
        String writer = ReferenceName.of(ImageId.random()).toString();
        packs.subList(0, 2).forEach(bytes -> put(other.repository.exchangeFor(writer), bytes));

        Collected collected = new Collector(one.repository.state(), new Sweep.Limits(2, 2, 2)).collect();

        assertThat(collected.packsRemoved()).isEqualTo(3);
        assertThat(one.repository.blobs()).isEqualTo(2 * 2);
    }

    /// It has looked, and not yet removed the reference, when the bundle is dropped and brought again by others.
    @Test
    void aDropThatSleptRemovesNothingThatWasSealedSince() throws Exception {
        Sleep sleep = new Sleep("dropNote", 1);
        Process sleeper = process(sleep);
        Process other = process();
        ReferenceName name = ReferenceName.of(ImageId.random());
        Content first = Stores.put(other.repository, Stores.noise(LEAF, 70));
        Content second = Stores.put(other.repository, Stores.noise(LEAF, 71));
        other.repository.seal(name, Stores.image(first));
        CompletableFuture<Boolean> late = sleep.during(() -> {
            sleeper.repository.drop(name);
            return true;
        });
        other.repository.drop(name);
        other.repository.seal(name, Stores.image(second));

        sleep.wakes.countDown();

        assertThat(late.handle((_, failure) -> failure != null).get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("it finds out")
                .isTrue();
        assertThat(other.repository.reference(name)).isPresent();
        sleeper.repository.drop(name);
        assertThat(other.repository.reference(name)).isEmpty();
    }

    /// Stores the bytes with one bit changed on the way to the disk.
    private Content damage(Process process, byte[] bytes) {
        Content content = Stores.put(process.repository, bytes);
        try (BlobStore store = openBackend()) {
            ObjectName pack = newest(process, content);
            byte[] stored = store.get(pack, ByteCount.ofMib(16));
            stored[100] ^= 1;
            store.delete(pack);
            store.put(pack, stored);
        }
        return content;
    }

    private ObjectName newest(Process process, Content content) {
        return process.repository
                .state()
                .directory
                .find(content.index().digest())
                .orElseThrow()
                .pack();
    }

    /// Writers of two replicas whose bundles share most of their chunks upload, build upon, seal, read and drop each
    /// other's bundles, while both replicas collect all the time.
    @Test
    void whatIsSealedStaysWholeWhateverHappensBesideIt() throws Exception {
        Retention nothing = new Retention(Duration.ZERO, Duration.ofHours(1));
        Process one = running(nothing);
        Process other = running(nothing);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger removed = new AtomicInteger();
        List<Callable<Boolean>> work = new ArrayList<>();
        AtomicInteger writing = new AtomicInteger(4);
        for (int writer = 0; writer < 4; writer++) {
            long seed = writer;
            work.add(() -> {
                try {
                    write(seed % 2 == 0 ? one : other, seed % 2 == 0 ? other : one, new Random(seed));
                } finally {
                    done.set(writing.decrementAndGet() == 0);
                }
                return true;
            });
        }
        for (Process process : List.of(one, other)) {
            work.add(() -> {
                while (!done.get()) {
                    try {
                        removed.addAndGet(
                                process.repository.collector().collect().packsRemoved());
                    } catch (StasisException e) {
                        assertThat(e.code()).as(e.getMessage()).isIn(ErrorCode.TOO_BUSY, ErrorCode.STALE_GENERATION);
                    }
                    Thread.sleep(5);
                }
                return true;
            });
        }
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (Future<Boolean> worker : threads.invokeAll(work)) {
                assertThat(worker.get()).isTrue();
            }
        }
        // On a slow machine the first collection may end after the writers.
        Until.reached(DEADLINE, () -> {
            removed.addAndGet(one.repository.collector().collect().packsRemoved());
            return removed.get() > 0;
        });
        assertThat(one.repository.scrubber().scrub(FAST).isClean()).isTrue();
    }

    private void write(Process mine, Process others, Random random) {
        byte[] bytes = new byte[12 * LEAF];
        for (int round = 0; round < rounds(); round++) {
            for (int change = 0; change < 6; change++) {
                System.arraycopy(Stores.noise(LEAF, random.nextInt(60)), 0, bytes, random.nextInt(12) * LEAF, LEAF);
            }
            ReferenceName name = ReferenceName.of(ImageId.random());
            Content content = put(mine.repository.exchangeFor(name.toString()), bytes);
            // The seal may come to another replica than the bytes.
            (round % 3 == 0 ? others : mine).repository.seal(name, Stores.image(content));
            assertThat(read(others, content)).isEqualTo(bytes);
            assertThat(read(mine, content)).isEqualTo(bytes);
            (round % 2 == 0 ? others : mine).repository.drop(name);
            mine.repository.release(name.toString());
        }
    }

    private Process process() {
        return process(_ -> {});
    }

    private Process process(Consumer<String> calls) {
        return process(Clock.systemUTC(), calls);
    }

    private Process process(Clock clock, Consumer<String> calls) {
        return new Process(Retention.STANDARD, clock, PACE, calls);
    }

    /// With the time of this machine.
    private Process running(Retention retention) {
        Process process = new Process(retention, Clock.systemUTC(), PACE, _ -> {});
        Uptime uptime = Uptime.fromNow();
        Thread.ofVirtual().start(() -> {
            while (process.heart.isAlive()) {
                process.time.set(uptime.now());
                try {
                    Thread.sleep(1);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        return process;
    }

    private static Clock clock(String instant) {
        return Clock.fixed(Instant.parse(instant), ZoneOffset.UTC);
    }

    private static Consumer<String> stopping(String call, CountDownLatch stopped, CountDownLatch mayGoOn) {
        return made -> {
            if (made.equals(call)) {
                stopped.countDown();
                await(mayGoOn);
            }
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Content put(BlobExchange exchange, byte[] bytes) {
        try (ContentWriter writer = new ContentWriter(exchange, TransferThreads.forThisMachine())) {
            writer.append(bytes, bytes.length, () -> {});
            return writer.finish();
        }
    }

    private static byte[] read(Process process, Content content) {
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(process.repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
