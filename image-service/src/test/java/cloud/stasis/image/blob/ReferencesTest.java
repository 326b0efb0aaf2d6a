package cloud.stasis.image.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferencesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    Path directory;

    private final ReferenceName name = new ReferenceName(ReferenceName.Kind.IMAGE, UUID.randomUUID());
    private BlobStore store;
    private References references;

    @BeforeEach
    void open() {
        store = LocalBlobStore.open(directory);
        references = new References(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void whatIsPendingCannotBeSeen() {
        References.Seen pending = references.set(references.look(name), Slot.first(name, manifest(1), NOW));

        assertThat(references.visible(name)).isEmpty();
        assertThat(references.names(ReferenceName.Kind.IMAGE)).containsExactly(name);

        References.Seen first =
                references.set(pending, pending.slot().orElseThrow().become(NOW));

        assertThat(references.visible(name)).contains(new Reference(name, Generation.FIRST, manifest(1), NOW));

        references.set(first, first.slot().orElseThrow().pend(manifest(2), NOW));

        assertThat(references.visible(name).orElseThrow().manifest()).isEqualTo(manifest(1));
    }

    @Test
    void whatWasWithdrawnMeanwhileCannotBecomeVisible() {
        Slot slot = Slot.first(name, manifest(1), NOW);
        References.Seen pending = references.set(references.look(name), slot);
        references.set(references.look(name), slot.withdraw(NOW));

        assertThatThrownBy(() -> references.set(pending, slot.become(NOW)))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STALE_GENERATION));
        assertThat(references.visible(name)).isEmpty();
    }

    @Test
    void aReferenceOfBeforeIsRead() throws IOException {
        // As releases wrote it that did not know of anything pending.
        String json = "{\"generation\":3,\"manifest\":\"" + manifest(1).digest() + "\",\"name\":\"" + name
                + "\",\"updatedAt\":\"2026-11-22T10:00:00.000000Z\"}";
        Files.writeString(
                file(), json + "\n" + Sha256.of(json.getBytes(java.nio.charset.StandardCharsets.UTF_8)) + "\n");

        assertThat(references.visible(name)).contains(new Reference(name, new Generation(3), manifest(1), NOW));
    }

    @Test
    void aFlippedBitIsFoundAndTheReferenceCanBeSetAgain() throws IOException {
        Slot slot = new Slot(name, Generation.FIRST, Optional.of(manifest(1)), Optional.empty(), NOW);
        for (int at = 0; at < slot.encode().length; at++) {
            byte[] damaged = slot.encode();
            damaged[at] ^= 1;
            Files.write(file(), damaged);
            assertThatThrownBy(() -> references.visible(name))
                    .isInstanceOfSatisfying(
                            StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_OBJECT));
        }
        Files.write(
                file(),
                new Slot(
                                new ReferenceName(ReferenceName.Kind.IMAGE, UUID.randomUUID()),
                                Generation.FIRST,
                                Optional.of(manifest(1)),
                                Optional.empty(),
                                NOW)
                        .encode());
        assertThatThrownBy(() -> references.visible(name)).isInstanceOf(StasisException.class);

        references.set(references.look(name), slot);

        assertThat(references.visible(name)).isPresent();
    }

    private Path file() {
        return directory.resolve("references/image").resolve(name.id().toString());
    }

    private static ManifestId manifest(int seed) {
        return new ManifestId(Sha256.of(new byte[] {(byte) seed}));
    }
}
