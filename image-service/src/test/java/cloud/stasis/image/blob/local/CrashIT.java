package cloud.stasis.image.blob.local;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the process at every write point of a first start, a pack, a manifest and a reference, one after the
/// other, and starts it again.
class CrashIT {
    private record Ended(int status, String said) {}

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedIsThereAndWhatIsVisibleIsWhole() throws Exception {
        int points = 0;
        int status = CrashingStore.DIED;
        while (status == CrashingStore.DIED) {
            points++;
            Path root = directory.resolve("store" + points);
            ImageId image = ImageId.random();
            Ended ended = run(root, image, points);
            status = ended.status;
            assertThat(status).as(ended.said).isIn(0, CrashingStore.DIED);
            check(root, image, ended.said);

            Ended again = run(root, image, 0);

            assertThat(again.status).as(again.said).isZero();
            check(root, image, again.said);
        }
        // Marker, one pack, manifest and reference, each with all its points; the last round died nowhere.
        assertThat(points).isEqualTo(4 * WritePoint.values().length + 1);
    }

    private static void check(Path root, ImageId image, String said) throws IOException {
        ReferenceName name = ReferenceName.of(image);
        try (Repository repository = Stores.open(root)) {
            assertThat(root.resolve("temporary")).isEmptyDirectory();
            Optional<Reference> reference = repository.reference(name);
            if (said.contains("sealed")) {
                assertThat(reference).isPresent();
            }
            if (reference.isPresent()) {
                Manifest manifest = repository.manifest(reference.get().manifest());
                assertThat(read(repository, manifest.parts().getFirst().content()))
                        .isEqualTo(Stores.noise(CrashingStore.BYTES, 1));
            }
            if (said.contains("stored")) {
                IndexId index =
                        IndexId.parse(said.lines().findFirst().orElseThrow().substring("stored ".length()));
                assertThat(read(repository, new Content(index, ByteCount.ofBytes(CrashingStore.BYTES))))
                        .isEqualTo(Stores.noise(CrashingStore.BYTES, 1));
            }
        }
    }

    private static byte[] read(Repository repository, Content content) {
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private Ended run(Path root, ImageId image, int point) throws Exception {
        Path said = Files.createTempFile(directory, "said", ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CrashingStore.class.getName(),
                        root.toString(),
                        image.toString(),
                        Integer.toString(point))
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
    }
}
