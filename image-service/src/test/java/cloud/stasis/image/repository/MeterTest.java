package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.messages.BundleSize;
import cloud.stasis.messages.ProjectSize;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeterTest {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    /// What the entries of the directory and the nodes take, on top of noise that cannot be compressed.
    private static final long OVERHEAD = 12 * 1024;

    @TempDir
    Path directory;

    private Duration time = Duration.ZERO;
    private Repository repository;

    @BeforeEach
    void open() {
        repository = Stores.open(directory, () -> time, Retention.STANDARD);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void aChunkIsOwnUntilAnotherBundleOfTheProjectHoldsIt() {
        ReferenceName first = seal("blue", noise(1, 2, 3));
        ReferenceName second = seal("blue", noise(3, 4));

        Measurement found = repository.meter().measure();

        assertSize(found, first, 2, 1, 2);
        assertSize(found, second, 1, 1, 1);
        assertThat(found.projects()).singleElement().satisfies(total -> {
            assertThat(total.project()).isEqualTo(new ProjectId("blue"));
            assertThat(total.stored().bytes()).isCloseTo(4L * 10 * LEAF, offset(OVERHEAD));
        });
    }

    /// Else a tenant could find out what others have: by an upload of a guess, and a look at what it takes up.
    @Test
    void whatATenantSeesIsTheSameWhateverOthersHave() {
        ReferenceName guess = seal("spy", noise(7, 8));
        BundleSize alone = sizes(repository.meter().measure()).get(guess);
        seal("victim", noise(7, 9));

        Measurement beside = repository.meter().measure();

        BundleSize seen = sizes(beside).get(guess);
        assertThat(seen.own()).isEqualTo(alone.own());
        assertThat(seen.shared()).isEqualTo(alone.shared());
        assertThat(total(beside, "spy")).isEqualTo(alone.own());
        assertThat(seen.sole().bytes())
                .as("but the operator does")
                .isLessThan(alone.sole().bytes() - 9L * LEAF);
    }

    @Test
    void whatIsDroppedIsForecastByOwn() {
        seal("blue", noise(1, 2));
        ReferenceName gone = seal("blue", noise(2, 3));
        ByteCount forecast = sizes(repository.meter().measure()).get(gone).sole();
        repository.drop(gone);
        time = time.plus(Duration.ofHours(2));

        ByteCount freed = repository.collector().plan().freed();

        assertThat(freed.bytes()).isCloseTo(forecast.bytes(), offset(OVERHEAD));
        assertThat(repository.meter().measure().bundles()).hasSize(1);
    }

    @Test
    void manyBundlesThatShareAreEachMeasuredLikeOneOfThem() {
        Content base = Stores.put(repository, noise(1, 2, 3, 4));
        List<ReferenceName> same = IntStream.range(0, 5)
                .mapToObj(_ -> seal("blue", Stores.image(base)))
                .toList();
        ReferenceName other = seal("red", Stores.image(base));

        for (int round = 0; round < 2; round++) {
            Measurement found = repository.meter().measure();

            same.forEach(name -> assertSize(found, name, 0, 4, 0));
            assertSize(found, other, 4, 0, 0);
        }
    }

    /// Each of the blobs may be a node and a chunk, and the same subtree may stand in many places.
    @Test
    void whatABundleHoldsTwiceCountsOnce() {
        byte[] once = noise(5);
        byte[] often = new byte[8 * once.length];
        for (int at = 0; at < often.length; at += once.length) {
            System.arraycopy(once, 0, often, at, once.length);
        }

        Measurement found = measured(seal("blue", often));

        assertThat(found.bundles().getFirst().own().bytes()).isCloseTo(10L * LEAF, offset(OVERHEAD));
        assertThat(found.bundles().getFirst().logical().bytes()).isEqualTo(80L * LEAF);
    }

    @Test
    void itMeasuresWhenSomethingCameOrWent() {
        assertThat(repository.meter().measureIfChanged()).isPresent();
        assertThat(repository.meter().measureIfChanged()).isEmpty();
        ReferenceName name = seal("blue", noise(1));
        assertThat(repository.meter().measureIfChanged()).isPresent();
        assertThat(repository.meter().measureIfChanged()).isEmpty();
        repository.drop(name);
        assertThat(repository.meter().measureIfChanged())
                .hasValueSatisfying(found -> assertThat(found.bundles()).isEmpty());
    }

    /// What a bundle from elsewhere says of its project need not be a project's id.
    @Test
    void aBundleThatIsNobodysIsMeasuredToo() {
        ReferenceName odd = seal("no/project at all", noise(1));

        Measurement found = measured(odd);

        assertThat(sizes(found).get(odd).project()).isEmpty();
        assertThat(found.projects()).isEmpty();
    }

    private Measurement measured(ReferenceName... all) {
        Measurement found = repository.meter().measure();
        assertThat(sizes(found)).containsOnlyKeys(all);
        return found;
    }

    /// In units of ten chunks of noise.
    private static void assertSize(Measurement found, ReferenceName name, int own, int shared, int sole) {
        BundleSize size = sizes(found).get(name);
        assertThat(size.own().bytes()).as("own").isCloseTo(own * 10L * LEAF, offset(OVERHEAD));
        assertThat(size.shared().bytes()).as("shared").isCloseTo(shared * 10L * LEAF, offset(OVERHEAD));
        assertThat(size.sole().bytes()).as("sole").isCloseTo(sole * 10L * LEAF, offset(OVERHEAD));
    }

    private static Map<ReferenceName, BundleSize> sizes(Measurement found) {
        return found.bundles().stream().collect(Collectors.toMap(BundleSize::reference, size -> size));
    }

    private static ByteCount total(Measurement found, String project) {
        return found.projects().stream()
                .filter(total -> total.project().value().equals(project))
                .map(ProjectSize::stored)
                .findFirst()
                .orElseThrow();
    }

    private ReferenceName seal(String project, byte[] bytes) {
        return seal(project, Stores.image(Stores.put(repository, bytes)));
    }

    private ReferenceName seal(String project, Manifest image) {
        ReferenceName name = ReferenceName.of(ImageId.random());
        repository.seal(
                name,
                new Manifest(
                        image.version(),
                        image.kind(),
                        image.instance(),
                        image.takenAt(),
                        Optional.empty(),
                        image.parts(),
                        image.receipt(),
                        Map.of("project", project)));
        return name;
    }

    /// Ten chunks for each seed.
    private static byte[] noise(int... seeds) {
        byte[] bytes = new byte[seeds.length * 10 * LEAF];
        Arrays.setAll(new int[seeds.length], at -> {
            System.arraycopy(Stores.noise(10 * LEAF, seeds[at]), 0, bytes, at * 10 * LEAF, 10 * LEAF);
            return at;
        });
        return bytes;
    }
}
