package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubberTest {
    private static final ByteCount FAST = ByteCount.ofGib(1024);
    private static final int LEAF = TreeShape.LEAF_BYTES;

    @TempDir
    Path directory;

    private Repository repository;

    @BeforeEach
    void open() {
        repository = Stores.open(directory);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void aWholeStoreIsClean() {
        seal(Stores.noise(10 * LEAF, 1));

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.isClean()).isTrue();
        assertThat(report.objects()).isEqualTo(2);
        assertThat(report.read().bytes()).isGreaterThan(10L * LEAF);
    }

    @Test
    void aRottenChunkIsQuarantinedAloneAndComesBackWithWhoeverPutsIt() throws IOException {
        byte[] bytes = Stores.noise(10 * LEAF, 2);
        Content content = Stores.put(repository, bytes);
        ReferenceName one = seal(content);
        ReferenceName other = seal(content);
        ReferenceName unharmed = seal(Arrays.copyOf(bytes, 4 * LEAF));
        flip(largest("packs"), 8 + 7 * LEAF + 100);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.damages()).singleElement().satisfies(damage -> assertThat(damage.what())
                .isEqualTo("1 of 11 blobs are damaged"));
        assertThat(report.affected())
                .containsExactlyInAnyOrder(new Affected(one, "disk-vda", 1), new Affected(other, "disk-vda", 1));
        assertThat(files("quarantine")).hasSize(1);
        assertThat(repository.scrubber().scrub(FAST).damages())
                .as("the next scrub finds no more")
                .isEmpty();

        Stores.put(repository, bytes);

        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
        assertThat(read(content)).isEqualTo(bytes);
        reopen();
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
        assertThat(read(content)).isEqualTo(bytes);
        assertThat(repository.reference(unharmed)).isPresent();
    }

    @Test
    void aRottenNodeIsMissedToo() throws IOException {
        Content content = Stores.put(repository, Stores.noise(3 * LEAF, 3));
        ReferenceName name = seal(content);
        flip(largest("packs"), 8 + 3 * LEAF + 20);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.affected()).containsExactly(new Affected(name, "disk-vda", 1));
        Stores.put(repository, Stores.noise(3 * LEAF, 3));
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
    }

    @Test
    void aRottenManifestComesBackWithItsSeal() throws IOException {
        Content content = Stores.put(repository, Stores.noise(3 * LEAF, 4));
        ReferenceName name = seal(content);
        flip(largest("manifests"), 30);

        assertThat(repository.scrubber().scrub(FAST).affected()).containsExactly(new Affected(name, "manifest", 1));

        repository.seal(name, Stores.image(content));
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
    }

    @Test
    void aRottenReferenceComesBackWithItsSeal() throws IOException {
        Content content = Stores.put(repository, Stores.noise(3 * LEAF, 5));
        ReferenceName name = seal(content);
        flip(largest("references"), 30);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.damages()).extracting(Damage::object).containsExactly("reference " + name);
        assertThat(report.affected()).containsExactly(new Affected(name, "manifest", 1));
        repository.seal(name, Stores.image(content));
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
    }

    @Test
    void aPackThatIsGoneIsNoticed() throws IOException {
        ReferenceName name = seal(Stores.noise(3 * LEAF, 6));
        Files.delete(largest("packs"));
        reopen();

        assertThat(repository.scrubber().scrub(FAST).affected())
                .extracting(Affected::bundle)
                .containsExactly(name);
    }

    @Test
    void whatOnePackLostAnotherMayHave() throws IOException {
        byte[] shared = Stores.noise(LEAF, 7);
        Pack first = pack(shared, Stores.noise(2 * 1000, 8));
        repository.exchange().put(first);
        repository.exchange().put(pack(shared, Stores.noise(3 * 1000, 9)));
        flip(
                files("packs/" + first.name().toString().substring(0, 2)).stream()
                        .filter(file -> file.getFileName().toString().startsWith(first.name() + "."))
                        .findFirst()
                        .orElseThrow(),
                500);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.damages()).hasSize(1);
        assertThat(repository
                        .exchange()
                        .missing(List.of(Sha256.of(shared), Sha256.of(Stores.noise(2000, 8))))
                        .isEmpty())
                .isTrue();
        assertThat(repository
                        .exchange()
                        .fetch(List.of(Sha256.of(shared)))
                        .getFirst()
                        .decode(Sha256.of(shared)))
                .isEqualTo(shared);
    }

    @Test
    void aVerificationSaysTheSameAndChangesNothing() throws IOException {
        ReferenceName name = seal(Stores.noise(3 * LEAF, 10));
        flip(largest("packs"), 5000);

        ScrubReport report = repository.scrubber().verify(FAST);

        assertThat(report.damages()).hasSize(1);
        assertThat(report.affected()).containsExactly(new Affected(name, "disk-vda", 1));
        assertThat(files("quarantine")).isEmpty();
        assertThat(repository.scrubber().verify(FAST).damages()).hasSize(1);
    }

    private void reopen() {
        repository.close();
        open();
    }

    private ReferenceName seal(byte[] bytes) {
        return seal(Stores.put(repository, bytes));
    }

    private ReferenceName seal(Content content) {
        ReferenceName name = ReferenceName.of(ImageId.random());
        repository.seal(name, Stores.image(content));
        return name;
    }

    private byte[] read(Content content) {
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static Pack pack(byte[]... chunks) {
        try (PackBuilder builder = new PackBuilder()) {
            for (byte[] chunk : chunks) {
                builder.add(BlobKind.CHUNK, Sha256.of(chunk), chunk, 0, chunk.length);
            }
            return builder.build();
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private Path largest(String folder) throws IOException {
        return files(folder).stream()
                .max((one, other) ->
                        Long.compare(one.toFile().length(), other.toFile().length()))
                .orElseThrow();
    }

    private List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
