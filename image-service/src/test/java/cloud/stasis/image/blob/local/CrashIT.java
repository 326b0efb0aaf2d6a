package cloud.stasis.image.blob.local;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the process at every write point of a first start, a pack, a manifest and a reference, of a reference that is
/// replaced and dropped, of a collection, and of a scrub with what it takes out of sight, each in a store of its own,
/// and starts it again.
class CrashIT {
    private static final int WRITE_POINTS = 5;
    private static final int REMOVE_POINTS = 2;

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedIsThereAndWhatIsVisibleIsWhole() throws Exception {
        // Marker, the note of the replica, one pack, manifest, the reference pending and visible, each with all its
        // points; then the note is dropped.
        int points = 6 * WRITE_POINTS + REMOVE_POINTS;

        ImageId image = ImageId.random();
        each(DyingProcess.Work.SEAL, image, Optional.empty(), points, (root, said) -> {
            check(root, image, said);

            StringBuilder again = new StringBuilder();
            CrashingStore.seal(LocalBlobStore.open(root), ReferenceName.of(image), line -> again.append(line)
                    .append('\n'));

            check(root, image, again.toString());
        });
    }

    @Test
    void aCollectorThatDiesAnywhereLeavesWhatIsNamedAndTheNextOneEndsItsWork() throws Exception {
        Path original = directory.resolve("original");
        byte[] large = Stores.noise(600_000, 1);
        byte[] kept = Arrays.copyOf(large, 4 * 65_536);
        ReferenceName keptName = ReferenceName.of(ImageId.random());
        try (Repository repository = Stores.open(original)) {
            // One pack that is half alive, one that is dead, two manifests that are.
            for (byte[] gone : List.of(large, Stores.noise(300_000, 2))) {
                ReferenceName name = ReferenceName.of(ImageId.random());
                repository.seal(name, Stores.image(Stores.put(repository, gone)));
                repository.drop(name);
            }
            repository.seal(keptName, Stores.image(Stores.put(repository, kept)));
        }
        // Two manifests, a dead pack, a pack written and the one that it replaces; the note of the replica when it
        // joins, answers and leaves; the upkeep held, proposed, sentenced, carried out and given back.
        int notes = (2 + 5) * WRITE_POINTS + REMOVE_POINTS;
        int points = 2 * REMOVE_POINTS + REMOVE_POINTS + WRITE_POINTS + REMOVE_POINTS + notes;

        each(DyingProcess.Work.COLLECT, ImageId.random(), Optional.of(original), points, (root, _) -> {
            CrashingCollector.collect(LocalBlobStore.open(root), repository -> checkKept(repository, keptName, kept));

            assertThat(Stores.packBytes(root)).isLessThan(kept.length + 5_000L);
            assertThat(root.resolve("manifests").toFile().list()).hasSize(1);
        });
    }

    @Test
    void aReferenceThatIsReplacedOrDroppedIsTheOldOneOrTheNewOne() throws Exception {
        Path original = directory.resolve("original");
        byte[] bytes = Stores.noise(CrashingStore.BYTES, 1);
        ImageId image = ImageId.random();
        ReferenceName name = ReferenceName.of(image);
        try (Repository repository = Stores.open(original)) {
            repository.seal(name, Stores.image(Stores.put(repository, bytes)));
        }
        // The note of the replica; the manifest, the reference pending and visible; then both notes are dropped.
        int points = 4 * WRITE_POINTS + 2 * REMOVE_POINTS;

        each(DyingProcess.Work.CHANGE, image, Optional.of(original), points, (root, said) -> {
            try (Repository repository = Stores.open(root)) {
                assertThat(Stores.halfWritten(root)).isEmpty();
                Optional<Manifest> seen =
                        repository.reference(name).map(reference -> repository.manifest(reference.manifest()));
                if (said.contains("dropped")) {
                    assertThat(seen).isEmpty();
                }
                if (seen.isPresent()) {
                    assertThat(seen.get().metadata().isEmpty() && said.contains("renamed"))
                            .isFalse();
                    assertThat(read(repository, seen.get().parts().getFirst().content()))
                            .isEqualTo(bytes);
                    repository.seal(name, CrashingChange.renamed(seen.get()));
                    repository.drop(name);
                }
                assertThat(repository.reference(name)).isEmpty();
            }
        });
    }

    @Test
    void aScrubThatDiesAnywhereLosesNoMoreThanRottedAndTheNextOneGoesOn() throws Exception {
        Path original = directory.resolve("original");
        byte[] rotten = Stores.noise(CrashingStore.BYTES, 1);
        byte[] sound = Stores.noise(300_000, 2);
        byte[] lost = Stores.noise(200_000, 3);
        ReferenceName soundName = ReferenceName.of(ImageId.random());
        ReferenceName lostName = ReferenceName.of(ImageId.random());
        try (Repository repository = Stores.open(original)) {
            Stores.put(repository, rotten);
            flip(only(original, "packs", List.of()), 8 + 3 * 65_536 + 5);
            List<Path> first = files(original, "packs");
            repository.seal(soundName, Stores.image(Stores.put(repository, sound)));
            Path second = only(original, "packs", first);
            // Its directory, by which nothing is lost.
            flip(second, (int) Files.size(second) - 60);
            List<Path> manifests = files(original, "manifests");
            repository.seal(lostName, Stores.image(Stores.put(repository, lost)));
            flip(only(original, "manifests", manifests), 30);
        }
        Path counted = directory.resolve("counted");
        copy(original, counted);
        AtomicInteger reached = new AtomicInteger();
        CrashingScrubber.scrub(LocalBlobStore.open(counted, _ -> reached.incrementAndGet()));
        int points = reached.get();
        assertThat(points).as("it dies often enough").isGreaterThan(10 * WRITE_POINTS);

        each(DyingProcess.Work.SCRUB, ImageId.random(), Optional.of(original), points, (root, _) -> {
            try (Repository repository = CrashingScrubber.open(LocalBlobStore.open(root))) {
                requireSound(repository, soundName, sound);

                CrashingScrubber.scrub(repository);

                requireSound(repository, soundName, sound);
                assertThat(CrashingScrubber.scrubAll(repository).damages()).isEmpty();
                // Of eleven chunks, one.
                List<Digest> leaves = new ArrayList<>();
                for (int at = 0; at < rotten.length; at += 65_536) {
                    leaves.add(Sha256.of(rotten, at, Math.min(65_536, rotten.length - at)));
                }
                assertThat(repository.exchange().missing(leaves).cardinality()).isOne();
                assertThat(repository.isWhole(
                                repository.reference(lostName).orElseThrow().manifest()))
                        .isFalse();
            }
        });
    }

    private static void requireSound(Repository repository, ReferenceName name, byte[] bytes) {
        Manifest manifest =
                repository.manifest(repository.reference(name).orElseThrow().manifest());
        assertThat(read(repository, manifest.parts().getFirst().content())).isEqualTo(bytes);
    }

    private static List<Path> files(Path root, String folder) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static Path only(Path root, String folder, List<Path> but) throws IOException {
        List<Path> files = new ArrayList<>(files(root, folder));
        files.removeAll(but);
        assertThat(files).hasSize(1);
        return files.getFirst();
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @FunctionalInterface
    private interface Afterwards {
        /// @param said what was acknowledged
        void look(Path root, String said) throws Exception;
    }

    /// Dies at each of so many write points, and in one store at none; then looks at what is left, at as many stores
    /// at once as there are processors.
    private void each(DyingProcess.Work work, ImageId image, Optional<Path> original, int points, Afterwards afterwards)
            throws Exception {
        Map<Integer, Path> roots = new TreeMap<>();
        for (int point = 1; point <= points + 1; point++) {
            Path root = directory.resolve(work + "-" + point);
            if (original.isPresent()) {
                copy(original.get(), root);
            }
            roots.put(point, root);
        }
        die(work, image, roots);
        List<Callable<Boolean>> looks = new ArrayList<>();
        roots.forEach((point, root) -> looks.add(() -> {
            Path file = DyingProcess.said(root);
            String said = Files.exists(file) ? Files.readString(file) : "";
            assertThat(said).as("at point " + point).doesNotContain(DyingProcess.FAILED);
            assertThat(said.contains(DyingProcess.LIVED))
                    .as("it lives at point " + point)
                    .isEqualTo(point > points);
            try {
                afterwards.look(root, said);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("after point " + point, e);
            }
            return true;
        }));
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (Future<Boolean> look : threads.invokeAll(looks)) {
                assertThat(look.get()).isTrue();
            }
        }
    }

    private static void checkKept(Repository repository, ReferenceName name, byte[] bytes) {
        Manifest manifest =
                repository.manifest(repository.reference(name).orElseThrow().manifest());
        Content content = manifest.parts().getFirst().content();
        assertThat(read(repository, content)).isEqualTo(bytes);
        assertThat(repository.seal(ReferenceName.of(ImageId.random()), Stores.image(content)))
                .isNotNull();
        repository.references(ReferenceName.Kind.IMAGE).stream()
                .filter(other -> !other.equals(name))
                .forEach(repository::drop);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void check(Path root, ImageId image, String said) throws IOException {
        ReferenceName name = ReferenceName.of(image);
        try (Repository repository = Stores.open(root)) {
            assertThat(Stores.halfWritten(root)).isEmpty();
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

    private void die(DyingProcess.Work work, ImageId image, Map<Integer, Path> roots) throws Exception {
        Path output = directory.resolve(work + ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                DyingProcess.class.getName(),
                work.name(),
                image.toString()));
        roots.forEach((point, root) -> command.add(point + "=" + root));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(DyingProcess.DIED);
    }
}
