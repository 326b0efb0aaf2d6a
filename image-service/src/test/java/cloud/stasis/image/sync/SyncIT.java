package cloud.stasis.image.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.http.StoreServer;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.ScrubReport;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.ImageCommand.CopyDirection;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StateBackupId;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Two sites that know each other, and one that lies.
class SyncIT {
    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final String ALL = "pull,push";

    @TempDir
    Path directory;

    private StoreServer here;
    private StoreServer there;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong total = new AtomicLong();

    @BeforeEach
    void open() {
        here = new StoreServer(directory.resolve("here"));
        there = new StoreServer(directory.resolve("there"));
        introduce();
    }

    private void introduce() {
        here.knows("there", there.uri(), there.site.text(), ALL);
        there.knows("here", here.uri(), here.site.text(), ALL);
    }

    @AfterEach
    void close() {
        there.close();
        here.close();
    }

    @ParameterizedTest
    @EnumSource(CopyDirection.class)
    void onlyWhatIsMissingTravelsAndTheBundleIsTheSame(CopyDirection direction) {
        byte[] bytes = Stores.noise(300 * LEAF + 1000, 1);
        ReferenceName first = seal(source(direction), bytes, Map.of());
        CommandResult.Copied whole = copy(direction, BundleChoice.of(first));
        bytes[50 * LEAF]++;
        ReferenceName second = seal(source(direction), bytes, Map.of());

        CommandResult.Copied increment = copy(direction, BundleChoice.of(second));
        CommandResult.Copied again = copy(direction, BundleChoice.of(second));

        assertThat(whole.blobs()).isEqualTo(301 + 5 + 1);
        assertThat(increment.blobs()).as("a chunk and its two nodes").isEqualTo(3);
        assertThat(again.blobs()).isZero();
        assertThat(again.present()).isEqualTo(1);
        StoreServer target = target(direction);
        assertThat(read(target, second)).isEqualTo(bytes);
        assertThat(target.repository.reference(second).orElseThrow().manifest())
                .isEqualTo(source(direction)
                        .repository
                        .reference(second)
                        .orElseThrow()
                        .manifest());
        assertThat(target.announced).contains(first, second);
        assertThat(done.get()).isEqualTo(total.get()).isEqualTo(bytes.length);
        assertThat(target.repository.scrubber().scrub(ByteCount.ofGib(1)).isClean())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(CopyDirection.class)
    void whatABundleNeedsComesAlongAndWhatNobodyHasIsNamed(CopyDirection direction) {
        StoreServer from = source(direction);
        byte[] bytes = Stores.noise(40 * LEAF, 2);
        ReferenceName kernel = seal(from, Stores.noise(1000, 3), Map.of("name", "kernel"));
        ReferenceName nowhere = ReferenceName.of(ImageId.random());
        ReferenceName root = snapshot(from, bytes, Optional.empty(), Map.of());
        bytes[0]++;
        ReferenceName child = snapshot(from, bytes, Optional.of(manifest(from, root)), Map.of());
        bytes[LEAF]++;
        ReferenceName leaf =
                snapshot(from, bytes, Optional.of(manifest(from, child)), Map.of(Copies.NEEDS, kernel + " " + nowhere));
        ReferenceName orphan = snapshot(from, bytes, Optional.of(new ManifestId(Sha256.of(new byte[1]))), Map.of());

        CommandResult.Copied copied = copy(direction, BundleChoice.of(leaf));
        CommandResult.Copied lonely = copy(direction, BundleChoice.of(orphan));

        assertThat(copied.bundles()).isEqualTo(4);
        assertThat(copied.absent()).containsExactly(nowhere.toString());
        assertThat(copied.blobs()).isEqualTo(40 + 1 + 2 + 2 + 2);
        assertThat(target(direction).announced.subList(0, 4))
                .containsSubsequence(root, child, leaf)
                .contains(kernel);
        assertThat(lonely.absent()).singleElement().asString().startsWith("the parent ");
        assertThat(read(target(direction), leaf)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource(CopyDirection.class)
    void bundlesAreChosenByWhatTheyHaveInCommon(CopyDirection direction) {
        StoreServer from = source(direction);
        ReferenceName one = seal(from, Stores.noise(LEAF, 4), Map.of("name", "nightly-1", "project", "p"));
        ReferenceName two = seal(from, Stores.noise(LEAF, 5), Map.of("name", "nightly-2", "project", "p"));
        seal(from, Stores.noise(LEAF, 6), Map.of("name", "nightly-3", "project", "q"));
        seal(from, Stores.noise(LEAF, 7), Map.of("name", "weekly", "project", "p"));
        BundleChoice choice = new BundleChoice(List.of(), Optional.of("nightly-*"), Optional.of("p"), Optional.empty());

        copy(direction, choice);

        assertThat(target(direction).repository.references(ReferenceName.Kind.IMAGE))
                .containsExactlyInAnyOrder(one, two);
        assertFails(
                ErrorCode.OBJECT_NOT_FOUND, () -> copy(direction, BundleChoice.of(ReferenceName.of(ImageId.random()))));
    }

    @Test
    void aSiteThatIsNotKnownOrMayNotIsRefused() {
        ReferenceName name = seal(here, Stores.noise(LEAF, 8), Map.of());
        there.knows("here", here.uri(), here.site.text(), "pull");
        assertFails(ErrorCode.ACCESS_DENIED, () -> copy(CopyDirection.PUSH, BundleChoice.of(name)));

        there.knows("here", here.uri(), here.site.text(), "push");
        ReferenceName theirs = seal(there, Stores.noise(LEAF, 8), Map.of());
        // It is not even told that it is there.
        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> copy(CopyDirection.PULL, BundleChoice.of(theirs)));

        there.knows("stranger", here.uri(), SiteKey.generate().text(), ALL);
        assertFails(ErrorCode.ACCESS_DENIED, () -> copy(CopyDirection.PUSH, BundleChoice.of(name)));
        assertThat(there.repository.reference(name)).isEmpty();
    }

    @Test
    void aPeerThatDoesNotProveItsKeyGetsNothing() {
        ReferenceName name = seal(here, Stores.noise(LEAF, 9), Map.of());
        // Another site answers at that address. It lets us in, but signs with a key of its own.
        here.knows("there", there.uri(), SiteKey.generate().text(), ALL);

        assertFails(ErrorCode.ACCESS_DENIED, () -> copy(CopyDirection.PUSH, BundleChoice.of(name)));
        assertThat(there.repository.blobs()).isZero();
    }

    @Test
    void aRequestIsGoodForOnePathOneBodyAndOneSiteOnly() {
        SiteSeal mine = new SiteSeal(here.site, java.time.Clock.systemUTC());
        PeerDoor door = new PeerDoor(there.peers);
        SiteSeal.Asked asked = SiteSeal.Asked.of("GET", "/a", new byte[] {1}, "");
        String signed = mine.sign(asked, there.site.open());

        assertThat(door.admit(signed, "GET", "/a").peer().name()).isEqualTo("here");
        assertFails(ErrorCode.ACCESS_DENIED, () -> door.admit(signed, "GET", "/b"));
        assertFails(ErrorCode.ACCESS_DENIED, () -> door.admit(signed, "PUT", "/a"));
        assertFails(
                ErrorCode.HASH_MISMATCH, () -> door.admit(signed, "GET", "/a").checked(new byte[] {2}));
        assertFails(
                ErrorCode.ACCESS_DENIED,
                () -> door.admit(mine.sign(asked, SiteKey.generate().open()), "GET", "/a"));
        assertFails(ErrorCode.ACCESS_DENIED, () -> door.admit("nonsense", "GET", "/a"));
    }

    @Test
    void aPeerThatSaysItHasEverythingGetsNothingVisible() {
        ReferenceName name = seal(here, Stores.noise(20 * LEAF, 10), Map.of());
        try (LyingPeer _ = lying((_, path, answer) -> path.endsWith("/missing") ? new byte[answer.length] : answer)) {
            assertFails(ErrorCode.MISSING_OBJECT, () -> copy(CopyDirection.PUSH, BundleChoice.of(name)));
        }
        assertThat(there.repository.reference(name)).isEmpty();
        assertThat(there.announced).isEmpty();
    }

    /// One node in the place of every other one: an index that would go in circles.
    @Test
    void anIndexInCirclesIsRefused() {
        byte[] bytes = Stores.noise(200 * LEAF, 11);
        ReferenceName name = seal(there, bytes, Map.of());
        AtomicInteger calls = new AtomicInteger();
        byte[][] root = new byte[1][];
        try (LyingPeer _ = lying((_, path, answer) -> {
            if (!path.endsWith("/blobs")) {
                return answer;
            }
            if (calls.getAndIncrement() == 0) {
                root[0] = answer;
            }
            return root[0];
        })) {
            assertThatThrownBy(() -> copy(CopyDirection.PULL, BundleChoice.of(name)))
                    .isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                            .isIn(ErrorCode.HASH_MISMATCH, ErrorCode.MALFORMED_OBJECT));
        }
        assertThat(here.repository.reference(name)).isEmpty();
    }

    @Test
    void blobsThatAreCutOffOrFalseAreRefused() {
        ReferenceName name = seal(there, Stores.noise(20 * LEAF, 12), Map.of());
        try (LyingPeer _ = lying(
                (_, path, answer) -> path.endsWith("/blobs") ? Arrays.copyOf(answer, answer.length / 2) : answer)) {
            assertFails(ErrorCode.MALFORMED_OBJECT, () -> copy(CopyDirection.PULL, BundleChoice.of(name)));
        }
        try (LyingPeer _ = lying((_, path, answer) -> {
            byte[] lie = answer.clone();
            if (path.endsWith("/blobs")) {
                lie[lie.length - 1]++;
            }
            return lie;
        })) {
            assertFails(ErrorCode.HASH_MISMATCH, () -> copy(CopyDirection.PULL, BundleChoice.of(name)));
        }
        assertThat(here.repository.reference(name)).isEmpty();
    }

    @Test
    void aManifestThatIsHugeFalseOrNamesWhatIsTooLargeIsRefused() {
        ReferenceName name = seal(there, Stores.noise(LEAF, 13), Map.of());
        byte[] huge = new byte[(int) Copy.MAX_MANIFEST.bytes() + 1];
        for (byte[] lie : List.of(huge, "{}".getBytes(StandardCharsets.UTF_8))) {
            try (LyingPeer _ = lying((_, path, answer) -> path.contains("/manifests/") ? lie : answer)) {
                assertThatThrownBy(() -> copy(CopyDirection.PULL, BundleChoice.of(name)))
                        .isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                                .isIn(ErrorCode.HASH_MISMATCH, ErrorCode.MALFORMED_OBJECT));
            }
        }
        assertThat(here.repository.reference(name)).isEmpty();

        introduce();
        Content vast =
                new Content(new IndexId(Sha256.of(new byte[1])), ByteCount.ofBytes(TreeShape.MAX_SIZE.bytes() + 1));
        byte[] oversized = ManifestCodec.encode(Stores.image(vast));
        byte[] large = ManifestCodec.encode(described(
                Stores.image(Stores.zeros(ByteCount.ofMib(1))),
                IntStream.range(0, 250).boxed().collect(Collectors.toMap(at -> "k" + at, _ -> "x".repeat(1800)))));
        assertFails(ErrorCode.MALFORMED_OBJECT, () -> push(name(), oversized));
        assertFails(ErrorCode.MALFORMED_OBJECT, () -> push(name(), large));
        assertFails(ErrorCode.INVALID_REQUEST, () -> push(name(), new byte[600 * 1024]));
        assertFails(
                ErrorCode.MALFORMED_OBJECT,
                () -> push(name(), "{\"a\":".repeat(5000).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aPushedManifestWithAMissingIndexOrOfAnotherKindIsRefused() {
        Content nowhere = new Content(new IndexId(Sha256.of(new byte[1])), ByteCount.ofMib(1));
        ReferenceName image = name();
        ReferenceName snapshot = ReferenceName.of(SnapshotId.random());

        assertFails(ErrorCode.MISSING_OBJECT, () -> push(image, ManifestCodec.encode(Stores.image(nowhere))));
        assertFails(
                ErrorCode.MALFORMED_OBJECT,
                () -> push(snapshot, ManifestCodec.encode(Stores.image(Stores.zeros(ByteCount.ofMib(1))))));
        assertThat(there.repository.reference(image)).isEmpty();
        assertThat(there.repository.reference(snapshot)).isEmpty();
        assertThat(there.announced).isEmpty();
    }

    @Test
    void aPackThatIsCutOffIsRefused() {
        byte[] chunk = Stores.noise(LEAF, 14);
        Pack pack;
        try (PackBuilder builder = new PackBuilder()) {
            builder.add(BlobKind.CHUNK, Sha256.of(chunk), chunk, 0, chunk.length);
            pack = builder.build();
        }
        PeerCalls calls = new PeerCalls(here.peers.named("there"), here.peers.seal());

        assertFails(
                ErrorCode.MALFORMED_OBJECT,
                () -> calls.send(
                        "PUT",
                        "/store/v1/packs/" + pack.name(),
                        Arrays.copyOf(pack.bytes(), LEAF),
                        0,
                        name().toString()));
        assertThat(there.repository.blobs()).isZero();
    }

    @ParameterizedTest
    @EnumSource(CopyDirection.class)
    void anotherBundleOfThatNameIsNotReplaced(CopyDirection direction) {
        ReferenceName name = seal(source(direction), Stores.noise(LEAF, 15), Map.of());
        ReferenceName renamed = seal(source(direction), Stores.noise(LEAF, 16), Map.of("name", "old"));
        copy(direction, BundleChoice.of(renamed));
        Manifest before = source(direction).repository.manifest(manifest(source(direction), renamed));
        source(direction).repository.seal(renamed, described(before, Map.of("name", "new")));
        target(direction).repository.seal(name, Stores.image(Stores.zeros(ByteCount.ofMib(1))));

        assertFails(ErrorCode.WRONG_STATE, () -> copy(direction, BundleChoice.of(name)));
        assertThat(copy(direction, BundleChoice.of(renamed)).blobs())
                .as("the same one, of which something else is said there")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(CopyDirection.class)
    void aCancelledCopyLeavesNothingVisible(CopyDirection direction) {
        ReferenceName name = seal(source(direction), Stores.noise(600 * LEAF, 16), Map.of());
        AtomicInteger told = new AtomicInteger();

        assertFails(
                ErrorCode.CANCELLED,
                () -> copy(direction, BundleChoice.of(name), new Context(() -> told.incrementAndGet() > 3)));
        assertThat(target(direction).repository.reference(name)).isEmpty();

        assertThat(copy(direction, BundleChoice.of(name)).bundles()).isEqualTo(1);
    }

    @Test
    void aPushOutlivesARestartOfThePeer() throws InterruptedException {
        byte[] bytes = Stores.noise(600 * LEAF, 17);
        ReferenceName name = seal(here, bytes, Map.of());
        AtomicInteger told = new AtomicInteger();
        assertFails(
                ErrorCode.CANCELLED,
                () -> copy(CopyDirection.PUSH, BundleChoice.of(name), new Context(() -> told.incrementAndGet() > 6)));
        there.close();
        there = new StoreServer(directory.resolve("there"));
        introduce();
        int arrived = there.repository.blobs();

        CommandResult.Copied rest = copy(CopyDirection.PUSH, BundleChoice.of(name));

        assertThat(rest.blobs()).isEqualTo(600 + 10 + 1 - arrived);
        assertThat(read(there, name)).isEqualTo(bytes);
    }

    private enum Damaged {
        CHUNK,
        NODE,
        MANIFEST,
        REFERENCE,
        PACK
    }

    static Stream<Arguments> damages() {
        return Stream.of(Damaged.values()).flatMap(what -> Stream.of(CopyDirection.values())
                .map(direction -> Arguments.arguments(what, direction)));
    }

    /// What rotted at one site comes again from the other, and the bundle is the same as before.
    @ParameterizedTest
    @MethodSource("damages")
    void whatRottedIsBroughtAgain(Damaged what, CopyDirection direction) throws IOException {
        byte[] bytes = Stores.noise(70 * LEAF, 19);
        ReferenceName name = seal(source(direction), bytes, Map.of());
        ManifestId id = manifest(source(direction), name);
        copy(direction, BundleChoice.of(name));
        damage(direction, what);
        ScrubReport before = target(direction).repository.scrubber().scrub(ByteCount.ofGib(1024));

        CommandResult.Copied repaired = copy(direction, BundleChoice.of(name));
        CommandResult.Copied again = copy(direction, BundleChoice.of(name));

        assertThat(before.affected()).as("what the scrub says of it").isNotEmpty();
        // The seal of a peer puts the manifest by itself.
        assertThat(repaired.bundles() + repaired.present()).isOne();
        assertThat(repaired.blobs())
                .isEqualTo(
                        switch (what) {
                            case CHUNK, NODE -> 1;
                            case MANIFEST, REFERENCE -> 0;
                            case PACK -> 70 + 2 + 1;
                        });
        assertThat(again.present()).isOne();
        assertThat(again.blobs()).isZero();
        Repository target = target(direction).repository;
        assertThat(manifest(target(direction), name)).isEqualTo(id);
        assertThat(read(target(direction), name)).isEqualTo(bytes);
        assertThat(target.scrubber().scrub(ByteCount.ofGib(1024)).isClean()).isTrue();
    }

    /// Nobody has scrubbed: the pull itself meets a node that rotted.
    @Test
    void aNodeThatRottedUnnoticedIsBroughtAgainByAPull() throws IOException {
        byte[] bytes = Stores.noise(70 * LEAF, 20);
        ReferenceName name = seal(there, bytes, Map.of());
        copy(CopyDirection.PULL, BundleChoice.of(name));
        damage(CopyDirection.PULL, Damaged.NODE);
        // It knows nothing of nodes that it found whole before.
        here.close();
        here = new StoreServer(directory.resolve("here"));
        introduce();

        CommandResult.Copied repaired = copy(CopyDirection.PULL, BundleChoice.of(name));

        assertThat(repaired.blobs()).isOne();
        assertThat(read(here, name)).isEqualTo(bytes);
    }

    /// In the store of the target, which holds one bundle of 70 leaves, its three nodes, and nothing else.
    private void damage(CopyDirection direction, Damaged what) throws IOException {
        switch (what) {
            case CHUNK -> flip(direction, "packs", bytes -> indexOf(bytes, Stores.noise(70 * LEAF, 19), 1000));
            case NODE ->
                flip(direction, "packs", bytes -> indexOf(bytes, "SNOD".getBytes(StandardCharsets.US_ASCII), 4) + 50);
            case MANIFEST -> flip(direction, "manifests", _ -> 30);
            case REFERENCE -> flip(direction, "references", _ -> 30);
            case PACK -> {
                Path pack = only(direction, "packs");
                byte[] bytes = Files.readAllBytes(pack);
                Files.write(pack, Arrays.copyOf(bytes, bytes.length - 45));
                reopen(direction);
            }
        }
    }

    private void reopen(CopyDirection direction) {
        target(direction).close();
        if (direction == CopyDirection.PULL) {
            here = new StoreServer(directory.resolve("here"));
        } else {
            there = new StoreServer(directory.resolve("there"));
        }
        introduce();
    }

    private void flip(CopyDirection direction, String folder, ToIntFunction<byte[]> at) throws IOException {
        Path file = only(direction, folder);
        byte[] bytes = Files.readAllBytes(file);
        bytes[at.applyAsInt(bytes)] ^= 1;
        Files.write(file, bytes);
    }

    private Path only(CopyDirection direction, String folder) throws IOException {
        String store = direction == CopyDirection.PULL ? "here" : "there";
        try (Stream<Path> files = Files.walk(directory.resolve(store).resolve(folder))) {
            List<Path> found = files.filter(Files::isRegularFile).toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    /// Where the first `length` bytes of `what` stand.
    private static int indexOf(byte[] bytes, byte[] what, int length) {
        return IntStream.range(0, bytes.length - length)
                .filter(at -> Arrays.equals(bytes, at, at + length, what, 0, length))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theStateOfASiteIsPushedWhenItIsMeantAndNeverPulled() {
        ReferenceName ours = state(here);
        ReferenceName sly = seal(here, Stores.noise(LEAF, 18), Map.of("needs", ours.toString()));
        assertThat(copy(CopyDirection.PUSH, BundleChoice.ALL).bundles()).isEqualTo(1);
        assertThat(there.repository.reference(sly)).isPresent();
        assertThat(there.repository.reference(ours)).isEmpty();
        assertThat(copy(CopyDirection.PUSH, BundleChoice.of(ours)).bundles()).isEqualTo(1);
        assertThat(there.repository.reference(ours)).isPresent();
        copy(CopyDirection.PUSH, BundleChoice.of(ours));

        ReferenceName theirs = state(there);
        BundleChoice states =
                new BundleChoice(List.of(), Optional.empty(), Optional.empty(), Optional.of(ReferenceName.Kind.STATE));
        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> copy(CopyDirection.PULL, states));
        assertFails(ErrorCode.OBJECT_NOT_FOUND, () -> copy(CopyDirection.PULL, BundleChoice.of(theirs)));
        assertThat(here.repository.reference(theirs)).isEmpty();
    }

    private static ReferenceName state(StoreServer at) {
        Manifest image = Stores.image(Stores.put(at.repository, Stores.noise(3 * LEAF, at.hashCode())));
        ReferenceName name = ReferenceName.of(StateBackupId.random());
        at.repository.seal(
                name,
                new Manifest(
                        1,
                        ReferenceName.Kind.STATE,
                        Optional.empty(),
                        image.takenAt(),
                        Optional.empty(),
                        image.parts(),
                        Optional.empty(),
                        Map.of()));
        return name;
    }

    private CommandResult.Copied copy(CopyDirection direction, BundleChoice choice) {
        return copy(direction, choice, new Context(() -> false));
    }

    private CommandResult.Copied copy(CopyDirection direction, BundleChoice choice, Context context) {
        return new Copies(here.repository, here.peers, here::found)
                .run(
                        new ImageCommand.CopyBundles(direction, "there", choice, ByteCount.ZERO, Optional.empty()),
                        context);
    }

    private void push(ReferenceName name, byte[] manifest) {
        here.peers.open("there").seal(name, manifest);
    }

    /// The peer "there", with something between it and us.
    private LyingPeer lying(LyingPeer.Lie lie) {
        LyingPeer liar = new LyingPeer(there, here.site.open(), lie);
        there.knows("liar", URI.create("http://127.0.0.1:1"), liar.key.text(), ALL);
        here.knows("there", liar.uri(), liar.key.text(), ALL);
        return liar;
    }

    private StoreServer source(CopyDirection direction) {
        return direction == CopyDirection.PUSH ? here : there;
    }

    private StoreServer target(CopyDirection direction) {
        return direction == CopyDirection.PUSH ? there : here;
    }

    private static ReferenceName name() {
        return ReferenceName.of(ImageId.random());
    }

    private static ReferenceName seal(StoreServer at, byte[] bytes, Map<String, String> metadata) {
        ReferenceName name = name();
        at.repository.seal(name, described(Stores.image(Stores.put(at.repository, bytes)), metadata));
        return name;
    }

    private static ReferenceName snapshot(
            StoreServer at, byte[] bytes, Optional<ManifestId> parent, Map<String, String> metadata) {
        Manifest image = Stores.image(Stores.put(at.repository, bytes));
        ReferenceName name = ReferenceName.of(SnapshotId.random());
        Map<String, String> unique = new HashMap<>(metadata);
        unique.put("name", name.toString());
        at.repository.seal(
                name,
                new Manifest(
                        1,
                        ReferenceName.Kind.SNAPSHOT,
                        Optional.empty(),
                        image.takenAt(),
                        parent,
                        image.parts(),
                        Optional.empty(),
                        unique));
        return name;
    }

    private static Manifest described(Manifest manifest, Map<String, String> metadata) {
        return new Manifest(
                manifest.version(),
                manifest.kind(),
                manifest.instance(),
                manifest.takenAt(),
                manifest.parent(),
                manifest.parts(),
                manifest.receipt(),
                metadata);
    }

    private static ManifestId manifest(StoreServer at, ReferenceName name) {
        return at.repository.reference(name).orElseThrow().manifest();
    }

    private static byte[] read(StoreServer at, ReferenceName name) {
        Content content =
                at.repository.manifest(manifest(at, name)).parts().getFirst().content();
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(at.repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private final class Context implements CommandContext {
        private final java.util.function.BooleanSupplier cancelled;

        Context(java.util.function.BooleanSupplier cancelled) {
            this.cancelled = cancelled;
        }

        @Override
        public CommandId id() {
            return new CommandId(new UUID(1, 2));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount soFar, ByteCount whole) {
            done.set(soFar.bytes());
            total.set(whole.bytes());
        }

        @Override
        public boolean isCancelled() {
            return cancelled.getAsBoolean();
        }
    }
}
