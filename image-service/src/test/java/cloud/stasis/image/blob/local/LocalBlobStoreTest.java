package cloud.stasis.image.blob.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.BlobStoreContract;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalBlobStoreTest extends BlobStoreContract {
    @TempDir
    Path root;

    @TempDir
    Path other;

    @Override
    protected BlobStore open() {
        return LocalBlobStore.open(root);
    }

    @Test
    void oneServiceAtATime() {
        assertThatThrownBy(() -> LocalBlobStore.open(root))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("another image service");
    }

    @Test
    void aDirectoryOfSomethingElseIsRefused() throws IOException {
        Files.writeString(other.resolve("precious.txt"), "not a store");

        assertThatThrownBy(() -> LocalBlobStore.open(other))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FORMAT));
        assertThat(other.resolve("precious.txt")).exists();
    }

    @Test
    void aStoreOfAnotherVersionIsRefused() throws IOException {
        LocalBlobStore.open(other).close();
        Files.writeString(other.resolve("STASIS-STORE"), "{\"version\":2}");

        assertThatThrownBy(() -> LocalBlobStore.open(other)).isInstanceOf(StasisException.class);
    }

    @Test
    void whatADeadProcessLeftIsRemovedAtStart() throws IOException {
        LocalBlobStore.open(other).close();
        Files.writeString(other.resolve("temporary").resolve("7.left"), "half");

        LocalBlobStore.open(other).close();

        assertThat(other.resolve("temporary")).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource(
            value = WritePoint.class,
            names = {"CREATED", "WRITTEN", "SYNCED"})
    void aWriteThatFailsLeavesNothing(WritePoint point) throws IOException {
        byte[] bytes = {1, 2, 3};
        ReferenceName name = new ReferenceName(ReferenceName.Kind.IMAGE, UUID.randomUUID());
        LocalBlobStore.open(other).close();
        try (BlobStore failing = LocalBlobStore.open(other, reached -> {
            if (reached == point) {
                throw new UncheckedIOException(new IOException("No space left on device"));
            }
        })) {
            assertThatThrownBy(() -> failing.put(ObjectName.pack(Sha256.of(bytes)), bytes))
                    .isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() -> failing.setReference(
                            Optional.empty(), Reference.first(name, new ManifestId(Sha256.of(bytes)), Instant.EPOCH)))
                    .isInstanceOf(UncheckedIOException.class);

            assertThat(failing.exists(ObjectName.pack(Sha256.of(bytes)))).isFalse();
            assertThat(failing.reference(name)).isEmpty();
            assertThat(other.resolve("temporary")).isEmptyDirectory();
        }
    }

    @Test
    void aFlippedBitInAReferenceIsFoundAndTheReferenceCanBeSetAgain() throws IOException {
        ReferenceName name = new ReferenceName(ReferenceName.Kind.IMAGE, UUID.randomUUID());
        Reference reference = Reference.first(name, new ManifestId(Sha256.of(new byte[] {1})), Instant.EPOCH);
        try (BlobStore store = LocalBlobStore.open(other)) {
            Path file = other.resolve("references/image").resolve(name.id().toString());
            for (int at = 0; at < reference.encode().length; at++) {
                byte[] damaged = reference.encode();
                damaged[at] ^= 1;
                Files.write(file, damaged);
                assertThatThrownBy(() -> store.reference(name))
                        .isInstanceOfSatisfying(
                                StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_OBJECT));
            }
            Files.write(
                    file,
                    new Reference(
                                    new ReferenceName(ReferenceName.Kind.IMAGE, UUID.randomUUID()),
                                    reference.generation(),
                                    reference.manifest(),
                                    Instant.EPOCH)
                            .encode());
            assertThatThrownBy(() -> store.reference(name)).isInstanceOf(StasisException.class);

            store.setReference(Optional.empty(), reference);

            assertThat(store.reference(name)).contains(reference);
        }
    }

    @Test
    void nothingButTheStoreIsWritten() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "STASIS-STORE", "lock", "packs", "manifests", "references", "quarantine", "temporary");
        }
    }
}
