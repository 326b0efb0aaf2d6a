package cloud.stasis.image.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackDirectory;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.testkit.S3Gate;
import cloud.stasis.testkit.S3Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server that fails, is slow, or cuts its answers off; and processes that die between any two requests.
class S3FaultsIT {
    private static final S3Patience SHORT = new S3Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(6), 4);

    /// For what has to fail, however long one waits.
    private static final S3Patience SHORTEST = new S3Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2), 4);

    /// For what must not take a whole attempt.
    private static final S3Patience NO_SILENCE = new S3Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofMinutes(2), Duration.ofMinutes(5), 6);

    /// More than goes in one request.
    private static final int LARGE = 10 * 1024 * 1024;

    /// What changes something in the bucket.
    private static final Set<String> CHANGES = Set.of("put", "setNote", "dropNote", "delete", "quarantine");

    private static final NoteName NOTE = new NoteName(NoteName.Folder.UPKEEP, "some");

    private final S3Location through = Buckets.fresh();
    private S3Gate gate;
    private S3Location location;

    @BeforeEach
    void gate() throws IOException {
        gate = S3Server.running().newGate();
        location = new S3Location(through.bucket(), through.prefix(), Optional.of(gate.uri()), through.region());
    }

    @AfterEach
    void close() throws IOException {
        gate.close();
    }

    @Test
    void whatFailsOnceIsRepeated() {
        byte[] bytes = Stores.noise(300_000, 1);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        try (BlobStore store = open(S3Patience.STANDARD)) {
            for (S3Gate.Fault fault : new S3Gate.Fault[] {
                S3Gate.Fault.UNAVAILABLE, S3Gate.Fault.LOST_ANSWER, S3Gate.Fault.CUT_REQUEST, S3Gate.Fault.CUT_ANSWER
            }) {
                once(fault);
                store.put(name, bytes);
                once(fault);
                assertThat(store.get(name, ByteCount.ofMib(1))).as(fault.name()).isEqualTo(bytes);
                once(fault);
                ByteBuffer range = ByteBuffer.allocate(100_000);
                store.read(name, 100_000, range);
                assertThat(range.array())
                        .as(fault.name())
                        .isEqualTo(java.util.Arrays.copyOfRange(bytes, 100_000, 200_000));
                once(fault);
                assertThat(store.find(ObjectName.Kind.PACK, name.digest())).containsExactly(name);
                once(fault);
                store.delete(name);
                assertThat(store.exists(name)).isFalse();
            }
        }
    }

    /// As when the network between forgot a connection that lay in the pool.
    @Test
    void aConnectionThatSaysNothingMoreIsLeftBeforeTheAttemptEnds() {
        byte[] bytes = Stores.noise(300_000, 13);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        try (BlobStore store = open(NO_SILENCE)) {
            long begin = System.nanoTime();
            once(S3Gate.Fault.SILENT);
            store.put(name, bytes);
            once(S3Gate.Fault.SILENT);
            assertThat(store.get(name, ByteCount.ofMib(1))).isEqualTo(bytes);
            once(S3Gate.Fault.SILENT);
            store.setNote(NOTE, Optional.empty(), text("one"));

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(NO_SILENCE.attempt());
        }
    }

    @Test
    void aNoteWhoseAnswerWasLostIsOurs() {
        try (BlobStore store = open(S3Patience.STANDARD)) {
            once(S3Gate.Fault.LOST_ANSWER, "PUT");
            store.setNote(NOTE, Optional.empty(), text("one"));
            once(S3Gate.Fault.LOST_ANSWER, "PUT");
            store.setNote(NOTE, Optional.of(text("one")), text("two"));

            assertThat(store.note(NOTE))
                    .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(text("two")));
            assertFails(ErrorCode.STALE_GENERATION, () -> store.setNote(NOTE, Optional.of(text("one")), text("three")));
        }
    }

    @Test
    void aServerThatStaysAwayIsSaidSoInTimeAndNothingIsHalfThere() {
        byte[] bytes = Stores.noise(300_000, 2);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        for (S3Gate.Fault fault : new S3Gate.Fault[] {
            S3Gate.Fault.UNAVAILABLE, S3Gate.Fault.CUT_REQUEST, S3Gate.Fault.CUT_ANSWER, S3Gate.Fault.SILENT
        }) {
            // What has to work is given more time than what has to fail.
            try (BlobStore sound = open(S3Patience.STANDARD);
                    BlobStore store = S3BlobStore.look(location, Buckets.credentials(), SHORTEST)) {
                if (fault == S3Gate.Fault.CUT_ANSWER) {
                    sound.put(name, bytes);
                }
                gate.faults(_ -> fault);
                long begin = System.nanoTime();

                assertFails(ErrorCode.STORE_UNAVAILABLE, () -> store.get(name, ByteCount.ofMib(1)));
                if (fault != S3Gate.Fault.CUT_ANSWER) {
                    assertFails(ErrorCode.STORE_UNAVAILABLE, store::probe);
                    assertFails(ErrorCode.STORE_UNAVAILABLE, () -> store.put(name, bytes));
                }

                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(40));
                gate.faults(_ -> S3Gate.Fault.NONE);
                assertThat(sound.exists(name)).as(fault.name()).isEqualTo(fault == S3Gate.Fault.CUT_ANSWER);
                sound.delete(name);
            }
        }
    }

    /// The pack that a writer closes when it has 8 MiB.
    @Test
    void anOrdinaryPackIsOneRequest() {
        byte[] bytes = Stores.noise(Pack.TARGET_BYTES + 65_536 + 140 * PackDirectory.ENTRY_BYTES, 8);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        try (BlobStore store = open(S3Patience.STANDARD)) {
            List<String> requests = recorded();

            store.put(name, bytes);

            assertThat(requests).containsExactly("PUT");
            assertThat(store.get(name, ByteCount.ofMib(16))).isEqualTo(bytes);
        }
    }

    @Test
    void anUploadInPartsOutlivesWhatFailsOnce() {
        byte[] bytes = Stores.noise(LARGE, 9);
        try (BlobStore store = open(S3Patience.STANDARD)) {
            List<String> requests = recorded();
            store.put(ObjectName.newPack(Sha256.of(bytes)), bytes);
            assertThat(requests).containsExactly("POST", "PUT", "PUT", "POST");

            for (S3Gate.Fault fault :
                    new S3Gate.Fault[] {S3Gate.Fault.LOST_ANSWER, S3Gate.Fault.CUT_REQUEST, S3Gate.Fault.CUT_ANSWER}) {
                for (int request = 1; request <= 4; request++) {
                    ObjectName name = ObjectName.newPack(Sha256.of(bytes));
                    nth(fault, request);
                    store.put(name, bytes);
                    assertThat(store.get(name, ByteCount.ofMib(16)))
                            .as(fault + " of request " + request)
                            .isEqualTo(bytes);
                }
            }
        }
    }

    /// A process that dies between two parts, and a bucket that is full from then on.
    @Test
    void anUploadInPartsThatNeverEndsShowsNothing() {
        byte[] bytes = Stores.noise(LARGE, 10);
        try (BlobStore sound = open(S3Patience.STANDARD);
                BlobStore store = S3BlobStore.look(location, Buckets.credentials(), SHORT)) {
            for (int request : new int[] {3, 4}) {
                for (S3Gate.Fault fault : List.of(S3Gate.Fault.UNAVAILABLE, S3Gate.Fault.FULL)) {
                    ObjectName name = ObjectName.newPack(Sha256.of(bytes));
                    from(fault, request);
                    if (fault == S3Gate.Fault.FULL) {
                        assertFails(ErrorCode.NO_SPACE, () -> sound.put(name, bytes));
                    } else {
                        assertFails(ErrorCode.STORE_UNAVAILABLE, () -> store.put(name, bytes));
                    }
                    gate.faults(_ -> S3Gate.Fault.NONE);

                    assertThat(sound.exists(name))
                            .as("before request " + request)
                            .isFalse();
                    assertThat(sound.find(ObjectName.Kind.PACK, name.digest())).isEmpty();
                    sound.put(name, bytes);
                    assertThat(sound.get(name, ByteCount.ofMib(16))).isEqualTo(bytes);
                    sound.delete(name);
                }
            }
        }
    }

    @Test
    void aBodyThatDripsIsGivenUpInTime() {
        byte[] bytes = Stores.noise(300_000, 11);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        try (BlobStore sound = open(S3Patience.STANDARD);
                BlobStore store = S3BlobStore.look(location, Buckets.credentials(), SHORTEST)) {
            sound.put(name, bytes);
            sound.setNote(NOTE, Optional.empty(), bytes);
            gate.faults(_ -> S3Gate.Fault.DRIPPING);
            long begin = System.nanoTime();

            assertFails(ErrorCode.STORE_UNAVAILABLE, () -> store.get(name, ByteCount.ofMib(1)));
            assertFails(ErrorCode.STORE_UNAVAILABLE, () -> store.read(name, 0, ByteBuffer.allocate(100_000)));
            assertFails(ErrorCode.STORE_UNAVAILABLE, () -> store.note(NOTE));

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(40));
            gate.faults(_ -> S3Gate.Fault.NONE);
            assertThat(sound.get(name, ByteCount.ofMib(1))).isEqualTo(bytes);
        }
    }

    @Test
    void aNoteThatGrewBeyondAllBoundsIsNotLoaded() {
        try (BlobStore store = open(S3Patience.STANDARD)) {
            store.setNote(NOTE, Optional.empty(), Stores.noise(NoteName.MAX_BYTES + 1, 12));

            assertFails(ErrorCode.MALFORMED_OBJECT, () -> store.note(NOTE));
        }
    }

    @Test
    void aServerThatDoesNotCompareAndSetIsRefused() {
        open(S3Patience.STANDARD).close();
        gate.faults(_ -> S3Gate.Fault.UNCONDITIONAL);

        assertThatThrownBy(() -> open(S3Patience.STANDARD))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("ignores If-None-Match");
        gate.faults(_ -> S3Gate.Fault.NONE);
        gate.faults(request -> request.headers().stream().anyMatch(header -> header.toLowerCase(java.util.Locale.ROOT)
                        .startsWith("if-match"))
                ? S3Gate.Fault.UNCONDITIONAL
                : S3Gate.Fault.NONE);
        assertThatThrownBy(() -> open(S3Patience.STANDARD))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("ignores If-Match");
    }

    @Test
    void aBucketOfSomethingElseIsRefused() throws IOException {
        try (BlobStore store = open(S3Patience.STANDARD)) {
            store.probe();
        }
        S3Location above = new S3Location(location.bucket(), "", location.endpoint(), location.region());

        assertThatThrownBy(() -> S3BlobStore.open(above, Buckets.credentials(), S3Patience.STANDARD))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FORMAT));
        assertThatThrownBy(() -> S3BlobStore.look(above, Buckets.credentials(), S3Patience.STANDARD))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FORMAT));
    }

    /// Every tenth request fails in one way or another. Whatever was acknowledged is there, whatever is visible is
    /// whole.
    @Test
    void whatWasAcknowledgedIsThereWhateverTheServerDoes() {
        Random random = new Random(7);
        S3Gate.Fault[] faults = {
            S3Gate.Fault.UNAVAILABLE, S3Gate.Fault.LOST_ANSWER, S3Gate.Fault.CUT_REQUEST, S3Gate.Fault.CUT_ANSWER
        };
        Map<ReferenceName, byte[]> sealed = new HashMap<>();
        AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
        try (Repository repository = repository(open(S3Patience.STANDARD), time)) {
            gate.faults(_ -> {
                synchronized (random) {
                    return random.nextInt(10) == 0 ? faults[random.nextInt(faults.length)] : S3Gate.Fault.NONE;
                }
            });
            for (int round = 0; round < 12; round++) {
                ReferenceName name = ReferenceName.of(ImageId.random());
                byte[] bytes = Stores.noise(200_000, round % 5);
                try {
                    repository.seal(name, Stores.image(Stores.put(repository, bytes)));
                    sealed.put(name, bytes);
                    if (round % 4 == 3) {
                        repository.drop(name);
                        sealed.remove(name);
                    }
                    time.updateAndGet(now -> now.plusHours(2));
                    repository.collector().collect();
                } catch (StasisException e) {
                    assertThat(e.code()).isIn(ErrorCode.STORE_UNAVAILABLE, ErrorCode.TOO_BUSY);
                }
            }
            gate.faults(_ -> S3Gate.Fault.NONE);
        }
        assertThat(sealed).hasSizeGreaterThan(4);
        try (Repository repository = repository(open(S3Patience.STANDARD), time)) {
            sealed.forEach((name, bytes) -> assertThat(read(repository, name)).isEqualTo(bytes));
            assertThat(repository.scrubber().scrub(ByteCount.ofGib(1024)).isClean())
                    .isTrue();
        }
    }

    /// As [cloud.stasis.image.blob.local.CrashIT] does it with a directory; between two requests a process leaves
    /// nothing but what the server has, so that it need not really die.
    @Test
    void whoeverDiesBetweenAnyTwoRequestsLosesNothingThatWasAcknowledged() {
        byte[] kept = Stores.noise(200_000, 3);
        byte[] gone = Stores.noise(300_000, 4);
        byte[] added = Stores.noise(250_000, 5);
        ReferenceName keptName = ReferenceName.of(ImageId.random());
        try (BlobStore backend = open(S3Patience.STANDARD)) {
            try (Repository repository = repository(unclosed(backend), new AtomicReference<>(Duration.ZERO))) {
                repository.seal(keptName, Stores.image(Stores.put(repository, kept)));
            }
            int points = 0;
            boolean died = true;
            while (died) {
                points++;
                ReferenceName addedName = ReferenceName.of(ImageId.random());
                StringBuilder acknowledged = new StringBuilder();
                died = dies(backend, points, repository -> {
                    ReferenceName goneName = ReferenceName.of(ImageId.random());
                    repository.seal(goneName, Stores.image(Stores.put(repository, gone)));
                    repository.drop(goneName);
                    repository.seal(addedName, Stores.image(Stores.put(repository, added)));
                    acknowledged.append("sealed");
                });

                AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
                try (Repository repository = repository(unclosed(backend), time)) {
                    assertThat(read(repository, keptName)).isEqualTo(kept);
                    boolean visible = repository.reference(addedName).isPresent();
                    if (visible) {
                        assertThat(read(repository, addedName)).isEqualTo(added);
                    }
                    assertThat(visible).isIn(true, !acknowledged.isEmpty());
                    time.set(Duration.ofDays(1));
                    repository.collector().collect();
                    assertThat(repository.collector().plan().freed()).isEqualTo(ByteCount.ZERO);
                    assertThat(read(repository, keptName)).isEqualTo(kept);
                    repository.drop(addedName);
                }
            }
            assertThat(points).isGreaterThan(8);
        }
    }

    private interface Life {
        void live(Repository repository);
    }

    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    /// Lives, collects, and dies before the n-th request that changes something: what died after the one before it left
    /// the same.
    private static boolean dies(BlobStore backend, int point, Life life) {
        AtomicInteger reached = new AtomicInteger();
        BlobStore mortal = Stores.around(unclosed(backend), (call, work) -> {
            if (CHANGES.contains(call) && reached.incrementAndGet() >= point) {
                throw new Death();
            }
            return work.call();
        });
        AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
        try {
            Repository repository = repository(mortal, time);
            life.live(repository);
            time.set(Duration.ofDays(1));
            repository.collector().collect();
            repository.close();
            return false;
        } catch (Death e) {
            return true;
        }
    }

    /// To open one takes as many requests as most lives.
    private static BlobStore unclosed(BlobStore backend) {
        return Stores.around(backend, (call, work) -> call.equals("close") ? null : work.call());
    }

    private BlobStore open(S3Patience patience) {
        return S3BlobStore.open(location, Buckets.credentials(), patience);
    }

    private static Repository repository(BlobStore store, AtomicReference<Duration> time) {
        return Repository.open(
                new VerifyingBlobStore(store), Clock.systemUTC(), time::get, Retention.STANDARD, Stores.ALONE);
    }

    private static byte[] read(Repository repository, ReferenceName name) {
        Manifest manifest =
                repository.manifest(repository.reference(name).orElseThrow().manifest());
        Content content = manifest.parts().getFirst().content();
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private void once(S3Gate.Fault fault) {
        AtomicInteger left = new AtomicInteger(1);
        gate.faults(_ -> left.getAndDecrement() > 0 ? fault : S3Gate.Fault.NONE);
    }

    /// The methods of all requests from now on.
    private List<String> recorded() {
        List<String> requests = Collections.synchronizedList(new ArrayList<>());
        gate.faults(request -> {
            requests.add(request.method());
            return S3Gate.Fault.NONE;
        });
        return requests;
    }

    private void nth(S3Gate.Fault fault, int number) {
        AtomicInteger requests = new AtomicInteger();
        gate.faults(_ -> requests.incrementAndGet() == number ? fault : S3Gate.Fault.NONE);
    }

    private void from(S3Gate.Fault fault, int number) {
        AtomicInteger requests = new AtomicInteger();
        gate.faults(_ -> requests.incrementAndGet() >= number ? fault : S3Gate.Fault.NONE);
    }

    private void once(S3Gate.Fault fault, String method) {
        AtomicInteger left = new AtomicInteger(1);
        gate.faults(
                request -> request.method().equals(method) && left.getAndDecrement() > 0 ? fault : S3Gate.Fault.NONE);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
