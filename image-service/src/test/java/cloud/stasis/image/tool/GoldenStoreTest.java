package cloud.stasis.image.tool;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Manifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// A store that was written once, long ago, and that every later release has to open, verify and restore.
class GoldenStoreTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/store");

    @TempDir
    Path directory;

    private Path store;

    @BeforeEach
    void copy() throws IOException {
        store = directory.resolve("store");
        try (Stream<Path> files = Files.walk(GOLDEN)) {
            for (Path file : files.toList()) {
                Files.copy(file, store.resolve(GOLDEN.relativize(file).toString()));
            }
        }
    }

    @Test
    void aBareCopyIsVerifiedAndRestored() throws IOException {
        for (String note : List.of("upkeep", "replicas", "temporary", "quarantine")) {
            remove(store.resolve(note));
        }
        Path to = directory.resolve("restored");

        assertThat(run("verify", store.toString())).contains("damaged objects:  0");
        run("restore", store.toString(), GoldenStore.SNAPSHOT.toString(), "--to", to.toString());
        run(
                "restore",
                store.toString(),
                GoldenStore.IMAGE.toString(),
                "--to",
                to.resolve("image").toString());

        assertThat(Files.readAllBytes(to.resolve("disk-vda.raw"))).isEqualTo(GoldenStore.disk());
        assertThat(Files.readAllBytes(to.resolve("disk-vdb.raw"))).isEqualTo(new byte[1024 * 1024]);
        assertThat(Files.readAllBytes(to.resolve("memory.save"))).isEqualTo(GoldenStore.MEMORY);
        assertThat(Files.readAllBytes(to.resolve("image/file"))).isEqualTo(GoldenStore.disk());
        assertThat(to.resolve("manifest.json")).content().contains("golden snapshot", "\"server_name\":\"é\"");
    }

    @Test
    void aServiceTakesItOverWithItsNotes() {
        try (Repository repository = Stores.open(store)) {
            assertThat(repository
                            .reference(GoldenStore.IMAGE)
                            .orElseThrow()
                            .generation()
                            .value())
                    .isEqualTo(2);
            Manifest image = repository.manifest(
                    repository.reference(GoldenStore.IMAGE).orElseThrow().manifest());
            assertThat(image.metadata()).containsEntry("name", "golden image");
            assertThat(repository.scrubber().scrubIfDue(Duration.ofDays(100_000), ByteCount.ofGib(1)))
                    .as("when it was scrubbed is known")
                    .isEmpty();
            assertThat(repository.scrubber().scrub(ByteCount.ofGib(1)).isClean())
                    .isTrue();
            repository.collector().collect();
            // The same bytes are the same blobs, manifests and bundles today.
            int blobs = repository.blobs();
            assertThat(repository.seal(
                            GoldenStore.IMAGE, GoldenStore.image(Stores.put(repository, GoldenStore.disk()))))
                    .isEqualTo(repository
                            .reference(GoldenStore.IMAGE)
                            .orElseThrow()
                            .manifest());
            assertThat(repository
                            .reference(GoldenStore.IMAGE)
                            .orElseThrow()
                            .generation()
                            .value())
                    .isEqualTo(2);
            assertThat(repository.blobs()).isEqualTo(blobs);
        }
    }

    /// What the sample is a sample of.
    @Test
    void theSampleHoldsWhatItIsToHold() {
        try (BlobStore backend = LocalBlobStore.open(store)) {
            assertThat(backend.notes(NoteName.Folder.UPKEEP))
                    .extracting(NoteName::name)
                    .containsExactlyInAnyOrder("removal", "scrub", "scrub-progress");
        }
        assertThat(run("list", store.toString())).contains("image/", "snapshot/", "disk-vda", "13042898 bytes");
    }

    private static String run(String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine line = StoreTool.commandLine();
        line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
        assertThat(line.execute(arguments)).as(said.toString()).isZero();
        return said.toString();
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
