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
import java.nio.charset.StandardCharsets;
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
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));

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
        store.put(ObjectName.newManifest(new ManifestId(Sha256.of(bytes))), bytes);

        assertThat(store.exists(ObjectName.newPack(Sha256.of(bytes)))).isFalse();
        assertThat(listed(ObjectName.Kind.PACK)).isEmpty();
        assertThat(listed(ObjectName.Kind.MANIFEST)).hasSize(1);
    }

    @Test
    void puttingAgainChangesNothing() {
        byte[] bytes = noise(10, 2);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));

        store.put(name, bytes);
        store.put(name, bytes);

        assertThat(listed(ObjectName.Kind.PACK)).hasSize(1);
        assertThat(store.get(name, ByteCount.ofKib(1))).isEqualTo(bytes);
    }

    @Test
    void whatIsTakenAwayIsGoneAndMayBePutAgain() {
        byte[] bytes = noise(10_000, 4);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
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
        ObjectName name = ObjectName.newPack(Sha256.of(new byte[0]));

        store.put(name, new byte[0]);

        assertThat(store.get(name, ByteCount.ZERO)).isEmpty();
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        ObjectName nowhere = ObjectName.newPack(Sha256.of(new byte[] {9}));

        assertThat(store.exists(nowhere)).isFalse();
        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> store.get(nowhere, ByteCount.ofKib(1)));
        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> store.read(nowhere, 0, ByteBuffer.allocate(1)));
    }

    @Test
    void limitsAndEndsAreKept() {
        byte[] bytes = noise(10, 3);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        store.put(name, bytes);

        assertFails(ErrorCode.MALFORMED_OBJECT, () -> store.get(name, ByteCount.ofBytes(9)));
        assertFails(ErrorCode.MALFORMED_OBJECT, () -> store.read(name, 5, ByteBuffer.allocate(6)));
    }

    @Test
    void allIncarnationsOfAnObjectAreFound() {
        byte[] bytes = noise(1000, 5);
        for (ObjectName.Kind kind : ObjectName.Kind.values()) {
            ObjectName old = new ObjectName(kind, Sha256.of(bytes), Incarnation.NONE);
            ObjectName one = new ObjectName(kind, Sha256.of(bytes), Incarnation.random());
            ObjectName other = new ObjectName(kind, Sha256.of(bytes), Incarnation.random());
            List.of(old, one, other).forEach(name -> store.put(name, bytes));
            store.put(new ObjectName(kind, Sha256.of(new byte[] {1}), Incarnation.random()), new byte[] {1});

            assertThat(store.find(kind, Sha256.of(bytes))).containsExactlyInAnyOrder(old, one, other);
            store.delete(one);
            assertThat(store.find(kind, Sha256.of(bytes))).containsExactlyInAnyOrder(old, other);
            assertThat(store.get(other, ByteCount.ofMib(1))).isEqualTo(bytes);
            assertThat(store.find(kind, Sha256.of(new byte[] {7}))).isEmpty();
        }
    }

    @Test
    void theLargestPackIsStoredAndRead() {
        byte[] bytes = noise(16 * 1024 * 1024, 6);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));

        store.put(name, bytes);

        assertThat(store.get(name, ByteCount.ofMib(16))).isEqualTo(bytes);
        ByteBuffer range = ByteBuffer.allocate(100);
        store.read(name, 8 * 1024 * 1024 - 50, range);
        assertThat(range.array()).isEqualTo(Arrays.copyOfRange(bytes, 8 * 1024 * 1024 - 50, 8 * 1024 * 1024 + 50));
    }

    @Test
    void aNoteIsSetByWhoSawTheLastOne() {
        NoteName name = new NoteName(NoteName.Folder.UPKEEP, "some-note");
        byte[] first = text("first");
        byte[] second = text("second");

        assertThat(store.note(name)).isEmpty();
        assertFails(ErrorCode.STALE_GENERATION, () -> store.setNote(name, Optional.of(first), second));
        store.setNote(name, Optional.empty(), first);
        assertFails(ErrorCode.STALE_GENERATION, () -> store.setNote(name, Optional.empty(), second));
        store.setNote(name, Optional.of(first), second);
        assertFails(ErrorCode.STALE_GENERATION, () -> store.setNote(name, Optional.of(first), second));

        store.close();
        store = open();
        assertThat(store.note(name))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(second));
        assertThat(store.notes(NoteName.Folder.UPKEEP)).containsExactly(name);
        assertThat(store.notes(NoteName.Folder.REPLICAS)).isEmpty();
    }

    @Test
    void aDroppedNoteIsGoneAndMayBeMadeAgain() {
        NoteName name = NoteName.of(new ReferenceName(ReferenceName.Kind.SNAPSHOT, UUID.randomUUID()));
        store.setNote(name, Optional.empty(), text("one"));

        store.dropNote(name);
        store.dropNote(name);

        assertThat(store.note(name)).isEmpty();
        assertThat(store.notes(NoteName.Folder.SNAPSHOT_REFERENCES)).isEmpty();
        assertFails(ErrorCode.STALE_GENERATION, () -> store.setNote(name, Optional.of(text("one")), text("two")));
        store.setNote(name, Optional.empty(), text("three"));
        assertThat(store.note(name)).isPresent();
    }

    @Test
    void aNoteIsDroppedByWhoSawTheLastOne() {
        NoteName name = NoteName.of(new ReferenceName(ReferenceName.Kind.SNAPSHOT, UUID.randomUUID()));
        store.setNote(name, Optional.empty(), text("one"));
        store.setNote(name, Optional.of(text("one")), text("two"));

        assertFails(ErrorCode.STALE_GENERATION, () -> store.dropNote(name, text("one")));
        assertThat(store.note(name)).isPresent();

        store.dropNote(name, text("two"));
        store.dropNote(name, text("two"));
        assertThat(store.note(name)).isEmpty();
    }

    @Test
    void aNoteOfAMebibyteIsKept() {
        NoteName name = new NoteName(NoteName.Folder.UPKEEP, "large");
        byte[] bytes = noise(NoteName.MAX_BYTES, 7);

        store.setNote(name, Optional.empty(), bytes);

        assertThat(store.note(name)).hasValueSatisfying(read -> assertThat(read).isEqualTo(bytes));
    }

    @Test
    void ofManyWhoChangeANoteOneWinsEachRound() throws Exception {
        NoteName name = new NoteName(NoteName.Folder.REPLICAS, UUID.randomUUID().toString());
        Optional<byte[]> current = Optional.empty();
        try (BlobStore another = open();
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 4; round++) {
                Optional<byte[]> seen = current;
                List<Callable<Boolean>> writers = new ArrayList<>();
                for (int writer = 0; writer < 8; writer++) {
                    byte[] next = text("round " + round + " writer " + writer);
                    BlobStore through = writer % 2 == 0 ? store : another;
                    writers.add(() -> {
                        try {
                            through.setNote(name, seen, next);
                            return true;
                        } catch (StasisException e) {
                            assertThat(e.code()).isEqualTo(ErrorCode.STALE_GENERATION);
                            return false;
                        }
                    });
                }
                int won = 0;
                for (Future<Boolean> writer : threads.invokeAll(writers)) {
                    won += writer.get() ? 1 : 0;
                }
                assertThat(won).isEqualTo(1);
                current = store.note(name);
            }
        }
    }

    @Test
    void whatOnePutsAnotherSees() {
        byte[] bytes = noise(100, 8);
        ObjectName name = ObjectName.newPack(Sha256.of(bytes));
        try (BlobStore another = open()) {
            assertThat(another.exists(name)).isFalse();
            store.put(name, bytes);
            assertThat(another.get(name, ByteCount.ofKib(1))).isEqualTo(bytes);
            another.delete(name);
            assertThat(store.exists(name)).isFalse();
        }
    }

    @Test
    void manyReadAndWriteAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> callers = new ArrayList<>();
            for (int caller = 0; caller < 200; caller++) {
                byte[] bytes = noise(20_000, caller % 150);
                ObjectName name = new ObjectName(ObjectName.Kind.PACK, Sha256.of(bytes), Incarnation.NONE);
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

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
