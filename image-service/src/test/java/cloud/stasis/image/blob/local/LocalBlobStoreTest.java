package cloud.stasis.image.blob.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.BlobStoreContract;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
        Path dead = Files.createDirectories(other.resolve("temporary").resolve("of-the-dead"));
        Files.writeString(dead.resolve("alive"), "");
        Files.writeString(dead.resolve("8.left"), "half");

        LocalBlobStore.open(other).close();

        assertThat(other.resolve("temporary")).isEmptyDirectory();
    }

    @Test
    void whatALivingServiceWritesIsLeftAlone() throws IOException {
        try (BlobStore living = LocalBlobStore.open(other)) {
            Path folder = StoreFolders.children(other.resolve("temporary")).getFirst();
            Files.writeString(folder.resolve("9.pack"), "half");

            LocalBlobStore.open(other).close();

            assertThat(folder.resolve("9.pack")).exists();
            living.probe();
        }
        assertThat(other.resolve("temporary")).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource(
            value = WritePoint.class,
            names = {"CREATED", "WRITTEN", "SYNCED"})
    void aWriteThatFailsLeavesNothing(WritePoint point) throws IOException {
        byte[] bytes = {1, 2, 3};
        NoteName note = new NoteName(NoteName.Folder.UPKEEP, "some");
        ObjectName pack = ObjectName.newPack(Sha256.of(bytes));
        LocalBlobStore.open(other).close();
        try (BlobStore failing = LocalBlobStore.open(other, reached -> {
            if (reached == point) {
                throw new UncheckedIOException(new IOException("No space left on device"));
            }
        })) {
            assertThatThrownBy(() -> failing.put(pack, bytes)).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() -> failing.setNote(note, Optional.empty(), bytes))
                    .isInstanceOf(UncheckedIOException.class);

            assertThat(failing.exists(pack)).isFalse();
            assertThat(failing.note(note)).isEmpty();
            assertThat(StoreFolders.children(
                            StoreFolders.children(other.resolve("temporary")).getFirst()))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasFileName("alive"));
        }
    }

    @Test
    void nothingButTheStoreIsWritten() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "STASIS-STORE",
                            "lock",
                            "packs",
                            "manifests",
                            "references",
                            "quarantine",
                            "temporary",
                            "replicas",
                            "upkeep");
        }
    }
}
