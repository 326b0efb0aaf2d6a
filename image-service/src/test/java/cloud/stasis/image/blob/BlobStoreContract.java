package cloud.stasis.image.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every backend must do. A backend's own test is a subclass that says how to open it.
public abstract class BlobStoreContract {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private BlobStore store;

    /// Opens the same store each time it is called within a test.
    protected abstract BlobStore open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void givesBackWhatWasPutAndKeepsItOverAReopen() {
        byte[] bytes = noise(100_000, 1);
        ObjectName name = ObjectName.pack(Sha256.of(bytes));

        store.put(name, bytes);
        store.close();
        store = open();

        assertThat(store.exists(name)).isTrue();
        assertThat(store.get(name, ByteCount.ofMib(1))).isEqualTo(bytes);
        ByteBuffer range = ByteBuffer.allocate(1000);
        store.read(name, 50_000, range);
        assertThat(range.array()).isEqualTo(Arrays.copyOfRange(bytes, 50_000, 51_000));
        assertThat(listed(ObjectName.Kind.PACK)).containsExactly(name + " 100000 B");
    }

    @Test
    void kindsDoNotMeet() {
        byte[] bytes = {1, 2, 3};
        store.put(ObjectName.of(new ManifestId(Sha256.of(bytes))), bytes);

        assertThat(store.exists(ObjectName.pack(Sha256.of(bytes)))).isFalse();
        assertThat(listed(ObjectName.Kind.PACK)).isEmpty();
        assertThat(listed(ObjectName.Kind.MANIFEST)).hasSize(1);
    }

    @Test
    void puttingAgainChangesNothing() {
        byte[] bytes = noise(10, 2);
        ObjectName name = ObjectName.pack(Sha256.of(bytes));

        store.put(name, bytes);
        store.put(name, bytes);

        assertThat(listed(ObjectName.Kind.PACK)).hasSize(1);
        assertThat(store.get(name, ByteCount.ofKib(1))).isEqualTo(bytes);
    }

    @Test
    void whatIsTakenAwayIsGoneAndMayBePutAgain() {
        byte[] bytes = noise(10_000, 4);
        ObjectName name = ObjectName.pack(Sha256.of(bytes));
        List<Consumer<ObjectName>> waysToGo = List.of(store::delete, store::quarantine);
        for (Consumer<ObjectName> go : waysToGo) {
            store.put(name, bytes);
            store.read(name, 0, ByteBuffer.allocate(10));

            go.accept(name);
            go.accept(name);

            assertThat(store.exists(name)).isFalse();
            assertThat(listed(ObjectName.Kind.PACK)).isEmpty();
            assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> store.read(name, 0, ByteBuffer.allocate(10)));
            store.put(name, bytes);
            assertThat(store.get(name, ByteCount.ofMib(1))).isEqualTo(bytes);
        }
    }

    @Test
    void anEmptyObjectIsAnObject() {
        ObjectName name = ObjectName.pack(Sha256.of(new byte[0]));

        store.put(name, new byte[0]);

        assertThat(store.get(name, ByteCount.ZERO)).isEmpty();
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        ObjectName nowhere = ObjectName.pack(Sha256.of(new byte[] {9}));

        assertThat(store.exists(nowhere)).isFalse();
        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> store.get(nowhere, ByteCount.ofKib(1)));
        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> store.read(nowhere, 0, ByteBuffer.allocate(1)));
    }

    @Test
    void limitsAndEndsAreKept() {
        byte[] bytes = noise(10, 3);
        ObjectName name = ObjectName.pack(Sha256.of(bytes));
        store.put(name, bytes);

        assertFails(ErrorCode.MALFORMED_OBJECT, () -> store.get(name, ByteCount.ofBytes(9)));
        assertFails(ErrorCode.MALFORMED_OBJECT, () -> store.read(name, 5, ByteBuffer.allocate(6)));
    }

    @Test
    void aReferenceIsSetByWhoSawTheLastOne() {
        ReferenceName name = new ReferenceName(ReferenceName.Kind.IMAGE, UUID.randomUUID());
        Reference first = Reference.first(name, manifest(1), NOW);
        Reference second = first.next(manifest(2), NOW);

        assertThat(store.reference(name)).isEmpty();
        assertFails(ErrorCode.STALE_GENERATION, () -> store.setReference(Optional.of(Generation.FIRST), second));
        store.setReference(Optional.empty(), first);
        assertFails(ErrorCode.STALE_GENERATION, () -> store.setReference(Optional.empty(), first));
        store.setReference(Optional.of(Generation.FIRST), second);
        assertFails(ErrorCode.STALE_GENERATION, () -> store.setReference(Optional.of(Generation.FIRST), second));

        store.close();
        store = open();
        assertThat(store.reference(name)).contains(second);
        assertThat(store.references(ReferenceName.Kind.IMAGE)).containsExactly(name);
        assertThat(store.references(ReferenceName.Kind.SNAPSHOT)).isEmpty();
    }

    @Test
    void aDroppedReferenceIsGoneAndMayBeMadeAgain() {
        ReferenceName name = new ReferenceName(ReferenceName.Kind.SNAPSHOT, UUID.randomUUID());
        store.setReference(Optional.empty(), Reference.first(name, manifest(1), NOW));

        store.dropReference(name);
        store.dropReference(name);

        assertThat(store.reference(name)).isEmpty();
        assertThat(store.references(ReferenceName.Kind.SNAPSHOT)).isEmpty();
        store.setReference(Optional.empty(), Reference.first(name, manifest(2), NOW));
        assertThat(store.reference(name)).isPresent();
    }

    @Test
    void ofManyWhoChangeAReferenceOneWinsEachRound() throws Exception {
        ReferenceName name = new ReferenceName(ReferenceName.Kind.IMAGE, UUID.randomUUID());
        Reference first = Reference.first(name, manifest(0), NOW);
        store.setReference(Optional.empty(), first);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> writers = new ArrayList<>();
            for (int writer = 1; writer <= 8; writer++) {
                Reference next = first.next(manifest(writer), NOW);
                writers.add(() -> {
                    try {
                        store.setReference(Optional.of(Generation.FIRST), next);
                        return true;
                    } catch (StasisException e) {
                        return false;
                    }
                });
            }
            int won = 0;
            for (Future<Boolean> writer : threads.invokeAll(writers)) {
                won += writer.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        }
        assertThat(store.reference(name).orElseThrow().generation()).isEqualTo(new Generation(2));
    }

    @Test
    void manyReadAndWriteAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> callers = new ArrayList<>();
            for (int caller = 0; caller < 200; caller++) {
                byte[] bytes = noise(20_000, caller % 150);
                ObjectName name = ObjectName.pack(Sha256.of(bytes));
                callers.add(() -> {
                    store.put(name, bytes);
                    ByteBuffer read = ByteBuffer.allocate(bytes.length);
                    store.read(name, 0, read);
                    return Arrays.equals(read.array(), bytes);
                });
            }
            for (Future<Boolean> caller : threads.invokeAll(callers)) {
                assertThat(caller.get()).isTrue();
            }
        }
        assertThat(listed(ObjectName.Kind.PACK)).hasSize(150);
    }

    @Test
    void roomIsToldAndAProbeLeavesNothing() {
        assertThat(store.free().bytes()).isPositive();
        store.probe();
        assertThat(listed(ObjectName.Kind.PACK)).isEmpty();
    }

    private List<String> listed(ObjectName.Kind kind) {
        List<String> names = new ArrayList<>();
        store.list(kind, (name, size) -> names.add(name + " " + size));
        return names;
    }

    private static ManifestId manifest(int seed) {
        return new ManifestId(Sha256.of(new byte[] {(byte) seed}));
    }

    private static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
