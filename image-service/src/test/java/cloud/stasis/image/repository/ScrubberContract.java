package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.NoteName;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a scrub does, on any backend.
public abstract class ScrubberContract {
    private static final ByteCount FAST = ByteCount.ofGib(1024);
    private static final int LEAF = TreeShape.LEAF_BYTES;

    private Repository repository;

    /// The same store each time within a test.
    protected abstract BlobStore openBackend();

    @BeforeEach
    void open() {
        repository = Repository.open(
                new VerifyingBlobStore(openBackend()),
                Clock.systemUTC(),
                Uptime.fromNow(),
                Retention.STANDARD,
                Stores.ALONE);
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
    void aRottenChunkIsQuarantinedAloneAndComesBackWithWhoeverPutsIt() {
        byte[] bytes = Stores.noise(10 * LEAF, 2);
        Content content = Stores.put(repository, bytes);
        ReferenceName one = seal(content);
        ReferenceName other = seal(content);
        ObjectName rotten = packOf(content);
        ReferenceName unharmed = seal(Arrays.copyOf(bytes, 4 * LEAF));
        flip(rotten, 8 + 7 * LEAF + 100);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.damages()).singleElement().satisfies(damage -> assertThat(damage.what())
                .isEqualTo("1 of 11 blobs are damaged"));
        assertThat(report.affected())
                .containsExactlyInAnyOrder(new Affected(one, "disk-vda", 1), new Affected(other, "disk-vda", 1));
        assertThat(names(ObjectName.Kind.PACK)).doesNotContain(rotten);
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
    void aRottenNodeIsMissedToo() {
        Content content = Stores.put(repository, Stores.noise(3 * LEAF, 3));
        ReferenceName name = seal(content);
        flip(only(ObjectName.Kind.PACK), 8 + 3 * LEAF + 20);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.affected()).containsExactly(new Affected(name, "disk-vda", 1));
        Stores.put(repository, Stores.noise(3 * LEAF, 3));
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
    }

    @Test
    void aRottenManifestComesBackWithItsSeal() {
        Content content = Stores.put(repository, Stores.noise(3 * LEAF, 4));
        ReferenceName name = seal(content);
        flip(only(ObjectName.Kind.MANIFEST), 30);

        assertThat(repository.scrubber().scrub(FAST).affected()).containsExactly(new Affected(name, "manifest", 1));

        repository.seal(name, Stores.image(content));
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
    }

    @Test
    void aRottenReferenceComesBackWithItsSeal() {
        Content content = Stores.put(repository, Stores.noise(3 * LEAF, 5));
        ReferenceName name = seal(content);
        flip(NoteName.of(name), 30);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.damages()).extracting(Damage::object).containsExactly("reference " + name);
        assertThat(report.affected()).containsExactly(new Affected(name, "manifest", 1));
        repository.seal(name, Stores.image(content));
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
    }

    /// One flipped bit at the end of 8 MiB hides nothing: where everything lies is known, or can be made out.
    @Test
    void ofAPackWithADamagedDirectoryEachBlobIsSaved() {
        byte[] bytes = Stores.noise(10 * LEAF, 11);
        Content content = Stores.put(repository, bytes);
        seal(content);
        ObjectName rotten = packOf(content);
        int length = 8 + 10 * LEAF + 8 + 10 * 32;
        flip(rotten, length + 3 * 44 + 5);
        flip(rotten, length + 5 * 44 + 33);
        flip(rotten, length + 11 * 44 + 35);

        ScrubReport report = repository.scrubber().scrub(FAST);

        assertThat(report.damages()).singleElement().satisfies(damage -> assertThat(damage.what())
                .endsWith("11 of its blobs are saved"));
        assertThat(report.affected()).isEmpty();
        assertThat(names(ObjectName.Kind.PACK)).hasSize(1).doesNotContain(rotten);
        assertThat(read(content)).isEqualTo(bytes);
        reopen();
        assertThat(repository.scrubber().scrub(FAST).isClean()).isTrue();
        assertThat(read(content)).isEqualTo(bytes);
    }

    @Test
    void aPackThatIsGoneIsNoticed() {
        ReferenceName name = seal(Stores.noise(3 * LEAF, 6));
        change(backend -> backend.delete(only(ObjectName.Kind.PACK)));
        reopen();

        assertThat(repository.scrubber().scrub(FAST).affected())
                .extracting(Affected::bundle)
                .containsExactly(name);
    }

    @Test
    void whatOnePackLostAnotherMayHave() {
        byte[] shared = Stores.noise(LEAF, 7);
        Pack first = pack(shared, Stores.noise(2 * 1000, 8));
        repository.exchange().put(first);
        // Who may not know what others have stores it again.
        repository.narrowExchangeFor("image/narrow", Optional.empty()).put(pack(shared, Stores.noise(3 * 1000, 9)));
        flip(
                names(ObjectName.Kind.PACK).stream()
                        .filter(name -> name.digest().equals(first.name()))
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
    void aVerificationSaysTheSameAndChangesNothing() {
        ReferenceName name = seal(Stores.noise(3 * LEAF, 10));
        ObjectName rotten = only(ObjectName.Kind.PACK);
        flip(rotten, 5000);

        ScrubReport report = repository.scrubber().verify(FAST);

        assertThat(report.damages()).hasSize(1);
        assertThat(report.affected()).containsExactly(new Affected(name, "disk-vda", 1));
        assertThat(names(ObjectName.Kind.PACK)).containsExactly(rotten);
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

    private ObjectName packOf(Content content) {
        return repository
                .state()
                .directory
                .find(content.index().digest())
                .orElseThrow()
                .pack();
    }

    private ObjectName only(ObjectName.Kind kind) {
        assertThat(names(kind)).hasSize(1);
        return names(kind).getFirst();
    }

    private List<ObjectName> names(ObjectName.Kind kind) {
        List<ObjectName> names = new ArrayList<>();
        change(backend -> backend.list(kind, (name, _) -> names.add(name)));
        return names;
    }

    private void flip(ObjectName name, int at) {
        change(backend -> {
            byte[] bytes = backend.get(name, ByteCount.ofMib(16));
            bytes[at] ^= 1;
            backend.delete(name);
            backend.put(name, bytes);
        });
    }

    private void flip(NoteName name, int at) {
        change(backend -> {
            byte[] bytes = backend.note(name).orElseThrow();
            byte[] flipped = bytes.clone();
            flipped[at] ^= 1;
            backend.setNote(name, Optional.of(bytes), flipped);
        });
    }

    private void change(Consumer<BlobStore> change) {
        try (BlobStore backend = openBackend()) {
            change.accept(backend);
        }
    }
}
